"""The API of screening."""

from ninja import Router

from yanmen.subsystems.screening.api import laboratory, racks, tests

router = Router()
router.add_router("", laboratory.router)
router.add_router("", racks.router)
router.add_router("", tests.router)
