"""The API of screening."""

from ninja import Router

from yanmen.subsystems.screening.api import tests

router = Router()
router.add_router("", tests.router)
