"""The API of cases."""

from ninja import Router

from yanmen.subsystems.cases.api import bulletins, handling

router = Router()
router.add_router("", handling.router)
router.add_router("", bulletins.router)
