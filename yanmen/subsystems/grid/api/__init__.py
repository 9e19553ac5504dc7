"""The API of the grid."""

from ninja import Router

from yanmen.subsystems.grid.api import doors, forms, offline, phone

router = Router()
router.add_router("", doors.router)
router.add_router("", forms.router)
router.add_router("", offline.router)
router.add_router("", phone.router)
