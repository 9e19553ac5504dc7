"""The API of screening."""

from ninja import Router

from yanmen.subsystems.screening.api import (
    campaigns,
    cards,
    conservation,
    findings,
    laboratory,
    open_sites,
    planning,
    racks,
    sites,
    tests,
    tracking,
    transport,
)

router = Router()
router.add_router("", campaigns.router)
router.add_router("", cards.router)
router.add_router("", findings.router)
router.add_router("", sites.router)
router.add_router("", open_sites.router)
router.add_router("", laboratory.router)
router.add_router("", racks.router)
router.add_router("", planning.router)
router.add_router("", tests.router)
router.add_router("", conservation.router)
router.add_router("", tracking.router)
router.add_router("", transport.router)
