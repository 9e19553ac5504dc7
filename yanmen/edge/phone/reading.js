// Reading codes from pictures: the phone's own detector where there is one, else ZXing from our own origin.

const NATIVE = { qr: ["qr_code"], tube: ["code_128", "code_39", "data_matrix", "qr_code"] };
const ZXING = { qr: ["QRCode"], tube: ["Code128", "Code39", "DataMatrix", "QRCode"] };

/** A function from a picture (video, canvas, bitmap) to the text of the code in it, or null. */
export async function reader(kind) {
  return (await native(NATIVE[kind])) ?? zxing(ZXING[kind]);
}

async function native(wanted) {
  if (!("BarcodeDetector" in globalThis)) return null;
  const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
  const formats = wanted.filter((format) => known.includes(format));
  if (!formats.includes(wanted[0])) return null;
  const detector = new BarcodeDetector({ formats });
  return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null;
}

async function zxing(formats) {
  const { prepareZXingModule, readBarcodes } = await import("./vendor/zxing/reader/index.js");
  const locateFile = () => new URL("./vendor/zxing/reader.wasm", import.meta.url).href;
  await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const options = { formats, maxNumberOfSymbols: 1, tryHarder: true };
  return async (picture) => {
    const found = await readBarcodes(pixels(picture, canvas), options);
    return found.find(({ isValid }) => isValid)?.text ?? null;
  };
}

function pixels(picture, canvas) {
  const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
  const scale = Math.min(1, 1600 / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
