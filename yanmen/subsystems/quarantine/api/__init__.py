"""The API of quarantine."""

from ninja import Router

router = Router()
