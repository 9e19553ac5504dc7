"""The API of quarantine."""

from ninja import Router

from yanmen.subsystems.quarantine.api import transfers

router = Router()
router.add_router("", transfers.router)
