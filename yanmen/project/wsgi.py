"""The door that web servers call: `yanmen serve` and the tests run it."""

import os

from django.core.wsgi import get_wsgi_application

from yanmen.project.cli import load_catalogue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yanmen.project.settings")
application = get_wsgi_application()
load_catalogue()
