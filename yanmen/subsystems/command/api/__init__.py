"""The API of command."""

from ninja import Router

from yanmen.subsystems.command.api import mode, orders, roster

router = Router()
router.add_router("", orders.router)
router.add_router("", roster.router)
router.add_router("", mode.router)
