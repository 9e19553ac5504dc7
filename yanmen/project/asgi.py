"""The ASGI door: what `yanmen serve` runs."""

import os

from django.core.asgi import get_asgi_application

from yanmen.project.cli import load_catalogue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yanmen.project.settings")
application = get_asgi_application()
load_catalogue()
