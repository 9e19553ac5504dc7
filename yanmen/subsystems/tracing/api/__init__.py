"""The API of tracing."""

from ninja import Router

from yanmen.subsystems.tracing.api import contacts, help, settings

router = Router()
router.add_router("", contacts.router)
router.add_router("", help.router)
router.add_router("", settings.router)
