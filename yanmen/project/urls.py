"""Every address: sign-in, the API, the pages of the desk and of each subsystem."""

import importlib

from django.urls import include, path

from yanmen.desk import figures_api, pages
from yanmen.desk.api import build_api
from yanmen.project import discovery

for _desk in discovery.desk_pages():
    importlib.import_module(_desk)
ROUTERS = {"numbers": figures_api.router} | {name: module.router for name, module in discovery.modules("api")}
SUBSYSTEM_PAGES = dict(discovery.modules("pages"))

api = build_api(ROUTERS)

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("api/", api.urls),
    *pages.urls(),
]
