"""A refusal tells the reader, in both languages, what was wrong and what to do next."""


class Refusal(ValueError):
    """The value or the act was refused. `zh` and `en` both name the remedy; `value` is shown masked if it is secret."""

    def __init__(self, zh: str, en: str, *, field: str = "", value: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.field = field
        self.value = value

    def about(self, field: str, value: str = "") -> "Refusal":
        """The same refusal, naming the field (and the shown value) it is about."""
        return Refusal(self.zh, self.en, field=field, value=value)

    def said(self, language: str) -> str:
        """The message in the reader's language; Chinese unless English was asked for."""
        return self.en if language.startswith("en") else self.zh


class NotAllowed(Refusal):
    """Who asks may not do this here."""


class Malformed(Refusal):
    """Bytes or text from outside that are not what they should be; nothing of them is used."""


class TooOften(Refusal):
    """Who asks has asked too often; `retry_after` seconds from now they may ask again."""

    def __init__(self, zh: str, en: str, *, retry_after: int) -> None:
        super().__init__(zh, en)
        self.retry_after = retry_after
