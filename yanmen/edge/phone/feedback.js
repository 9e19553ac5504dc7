// Sound and vibration of a verdict, so that an officer need not look at the phone. Both can be switched off.

const TONES = { pass: [[880, 0.12]], check: [[620, 0.12], [620, 0.12]], refer: [[440, 0.2], [440, 0.2]], stop: [[220, 0.45]] };
const BUZZES = { pass: [60], check: [60, 60, 60], refer: [150, 80, 150], stop: [500] };
let sounds = null;

/** Let a verdict be heard and felt. */
export function tell(act, { sound, vibration }) {
  if (vibration && navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate(BUZZES[act]);
  if (sound && globalThis.AudioContext) play(TONES[act]);
}

function play(tones) {
  sounds ??= new AudioContext();
  let at = sounds.currentTime + 0.01;
  for (const [pitch, length] of tones) {
    const voice = sounds.createOscillator();
    const loudness = sounds.createGain();
    loudness.gain.setValueAtTime(0.25, at);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + length);
    voice.frequency.value = pitch;
    voice.connect(loudness).connect(sounds.destination);
    voice.start(at);
    voice.stop(at + length);
    at += length + 0.06;
  }
}
