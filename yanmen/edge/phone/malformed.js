// What a decoder throws when the input is not what it says it is. Decoders throw nothing else.

export class Malformed extends Error {}
