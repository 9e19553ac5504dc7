"""The door that web servers call: `yanmen serve` and the tests run it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from yanmen.project.cli import load_catalogue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yanmen.project.settings")
application = get_wsgi_application()
load_catalogue()
gc.collect()
gc.freeze()  # programs, policy and translations stay: 300,000 objects that nobody need look through while a page is made
