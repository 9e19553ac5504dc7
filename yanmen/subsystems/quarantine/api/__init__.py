"""The API of quarantine."""

from ninja import Router

from yanmen.subsystems.quarantine.api import days, errands, runs, sites, transfers

router = Router()
router.add_router("", days.router)
router.add_router("", transfers.router)
router.add_router("", runs.router)
router.add_router("", errands.router)
router.add_router("", sites.router)
