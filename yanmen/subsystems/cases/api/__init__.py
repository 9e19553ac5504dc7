"""The API of cases."""

from ninja import Router

from yanmen.subsystems.cases.api import bulletins, course, handling, investigating, moving

router = Router()
router.add_router("", handling.router)
router.add_router("", course.router)
router.add_router("", investigating.router)
router.add_router("", moving.router)
router.add_router("", bulletins.router)
