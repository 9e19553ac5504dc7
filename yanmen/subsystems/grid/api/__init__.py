"""The API of the grid."""

from ninja import Router

from yanmen.subsystems.grid.api import doors, forms

router = Router()
router.add_router("", doors.router)
router.add_router("", forms.router)
