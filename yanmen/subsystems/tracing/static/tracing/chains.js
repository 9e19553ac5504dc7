// Chains of infection on a canvas: a day across, a generation down. Solid links were told, dashed ones inferred, as strong as
// their weight; an open circle has no known source. Pointing at a case, or its row in the table, or going to it with the arrow
// keys draws all its candidates on a layer of their own, so that thousands of cases are not drawn again for it.
const MANY = 600; // above it links are thin, drawn a path for each colour and strength, and nothing is animated
const STRENGTHS = [0.35, 0.65, 1]; // a path holds the links up to this weight
const EDGE = { left: 40, right: 20, top: 52 };
const LAYER = 1;
const DAY = 0, HEIGHT = 1, GROUP = 2, OPEN = 3, LABEL = 4, UNKNOWN = 5, CANDIDATES = 6, STATE = 7, CHAIN = 8, RINGS = 9;
const CURVE = 0.12;
const themes = {
  light: { text: "#1d273b", quiet: "#5c6675", line: "#dfe3e8", paper: "#ffffff", series: ["#b8325e", "#1f6feb", "#2b8a57", "#c77700", "#6741d9", "#0b7285", "#a61e4d", "#5c940d", "#868e96"] },
  dark: { text: "#e6e9ef", quiet: "#a3adbb", line: "#333d4d", paper: "#1a2230", series: ["#e0628c", "#5b9bff", "#55c08a", "#f0a53a", "#9c82f0", "#3bc9db", "#f783ac", "#a9e34b", "#adb5bd"] },
};
const box = document.querySelector("[data-chains]");
if (box) start();

async function start() {
  await library();
  const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
  const theme = () => themes[document.documentElement.dataset.bsTheme] || themes.light;
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  const pointer = pointing(chart, data, theme);
  const zoom = zooming(chart, data, pointer.redraw);
  const draw = () => { chart.setOption(picture(data, theme(), zoom.window), true); pointer.redraw(); };
  draw();
  zoom.say();
  new ResizeObserver(() => { chart.resize(); pointer.redraw(); }).observe(box);
  document.addEventListener("yanmen:theme", draw);
  let held = null; // the case that was clicked or reached by keys stays shown
  const hold = (node) => { held = node; pointer.point(node, node !== null); };
  chart.on("mouseover", (hit) => hit.seriesType === "scatter" && pointer.point(hit.data.node));
  chart.on("mouseout", (hit) => hit.seriesType === "scatter" && pointer.point(held, held !== null));
  chart.on("click", (hit) => hit.seriesType === "scatter" && hold(hit.data.node));
  chart.getZr().on("click", (event) => !event.target && hold(null));
  for (const row of document.querySelectorAll("[data-node]")) {
    const node = Number(row.dataset.node);
    row.addEventListener("focusin", () => hold(node));
    row.addEventListener("mouseenter", () => pointer.point(node));
    row.addEventListener("mouseleave", () => pointer.point(held, held !== null));
  }
  for (const button of document.querySelectorAll("[data-chain-zoom]")) {
    button.addEventListener("click", () => zoom.by({ in: 0.5, out: 2, all: Infinity }[button.dataset.chainZoom], held));
  }
  const steps = walking(data);
  box.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const factor = { "+": 0.5, "=": 0.5, "-": 2, 0: Infinity }[event.key];
    if (factor) zoom.by(factor, held);
    else if (event.key === "Escape") hold(null);
    else if (event.key === "Enter" && held !== null && address(data, held)) location.assign(address(data, held));
    else if (steps[event.key]) { hold(steps[event.key](held)); zoom.reveal(held); }
    else return;
    event.preventDefault();
  });
  if (data.at >= 0) hold(data.at);
  box.dataset.ready = "yes";
}

async function library() {
  if (window.echarts) return;
  await new Promise((done, failed) => {
    const tag = document.createElement("script");
    tag.src = box.dataset.echarts;
    tag.onload = done;
    tag.onerror = failed;
    document.head.append(tag);
  });
}

function day(first, days) {
  const found = new Date(`${first}T00:00:00Z`);
  found.setUTCDate(found.getUTCDate() + Math.round(days)); // columns within a day lie less than half a day off
  return found.toISOString().slice(0, 10);
}

function lastDay(data) {
  return Math.round(data.nodes[data.nodes.length - 1][DAY]); // nodes stand in the order of their days
}

// Where the arrow keys lead from a case: along the days, up to its source, down to the first whom it infected.
function walking(data) {
  const source = new Map(data.links.map(([from, to]) => [to, from]));
  const infected = new Map(data.links.map(([from, to]) => [from, to]).reverse());
  const last = data.nodes.length - 1;
  return {
    ArrowRight: (node) => (node === null ? 0 : Math.min(node + 1, last)),
    ArrowLeft: (node) => (node === null ? last : Math.max(node - 1, 0)),
    ArrowUp: (node) => source.get(node) ?? node ?? 0,
    ArrowDown: (node) => infected.get(node) ?? node ?? 0,
  };
}

// Enter and the link of the tip open the chain of a case alone; empty where it stands alone, or is open already.
function address(data, node) {
  const chain = data.chains[data.nodes[node][CHAIN]];
  if (!chain || data.chosen) return "";
  const found = new URL(location.href);
  for (const name of ["case", "from", "clusters"]) found.searchParams.delete(name);
  found.searchParams.set("chain", chain);
  return found.href;
}

// The days that are seen. The chart tells of its own changes; buttons and keys change it here.
function zooming(chart, data, moved) {
  const range = document.querySelector("[data-chain-range]");
  const whole = lastDay(data) + 1; // the axis begins and ends half a day outside
  const window_ = [0, 100];
  const say = () => {
    const [from, to] = window_.map((part) => (part / 100) * whole);
    range.textContent = `${day(data.first, Math.ceil(from - 0.01))} – ${day(data.first, Math.floor(to - 0.99))}`;
  };
  const set = (from, to) => {
    const width = Math.min(Math.max(to - from, 300 / whole), 100);
    const begin = Math.min(Math.max(from, 0), 100 - width);
    chart.dispatchAction({ type: "dataZoom", dataZoomId: "days", start: begin, end: begin + width });
  };
  chart.on("datazoom", (event) => {
    for (const each of event.batch || [event]) {
      if (String(each.dataZoomId).startsWith("days") && each.start !== undefined) [window_[0], window_[1]] = [each.start, each.end];
    }
    say();
    moved();
  });
  const at = (node) => ((data.nodes[node][DAY] + 0.5) / whole) * 100;
  return {
    say,
    window: window_,
    by(factor, node) {
      const [from, to] = window_;
      const middle = node === null ? (from + to) / 2 : at(node);
      const half = Math.min(((to - from) * factor) / 2, 50);
      set(half === 50 ? 0 : middle - half, half === 50 ? 100 : middle + half);
    },
    reveal(node) {
      const [from, to] = window_;
      const half = (to - from) / 2;
      if (at(node) < from || at(node) > to) set(at(node) - half, at(node) + half);
    },
  };
}

// The case that is pointed at: a ring, its candidates and a tip, on a layer above the chart.
function pointing(chart, data, theme) {
  const { Group, Circle, Rect, BezierCurve } = window.echarts.graphic;
  const tip = document.querySelector("[data-chain-tip]");
  const said = document.querySelector("[data-chain-said]");
  const open = document.querySelector("[data-chain-open]");
  const layer = new Group({ silent: true });
  chart.getZr().add(layer);
  let shown = null;
  const spot = (node) => chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, data.nodes[node].slice(0, 2));
  const redraw = () => {
    layer.removeAll();
    tip.hidden = shown === null;
    if (shown === null) return;
    const { text } = theme();
    const [x, y] = spot(shown);
    const width = chart.getWidth(), height = chart.getHeight();
    layer.setClipPath(new Rect({ shape: { x: EDGE.left - 8, y: EDGE.top - 8, width: width - EDGE.left - EDGE.right + 16, height: height - EDGE.top } }));
    for (const [other, weight] of data.nodes[shown][CANDIDATES]) {
      const [x1, y1] = spot(other);
      const shape = { x1, y1, x2: x, y2: y, cpx1: (x1 + x) / 2 - (y1 - y) * CURVE, cpy1: (y1 + y) / 2 - (x - x1) * CURVE };
      layer.add(new BezierCurve({ shape, style: { stroke: text, lineWidth: 1 + 3 * weight, opacity: 0.35 + 0.65 * weight, lineDash: [6, 4], fill: null }, zlevel: LAYER, silent: true }));
    }
    layer.add(new Circle({ shape: { cx: x, cy: y, r: 9 }, style: { stroke: text, lineWidth: 2, fill: null }, zlevel: LAYER, silent: true }));
    const inside = x >= EDGE.left - 8 && x <= width - EDGE.right + 8;
    tip.hidden = !inside;
    const left = x + 16 + tip.offsetWidth > width ? Math.max(x - 16 - tip.offsetWidth, 0) : x + 16;
    tip.style.left = `${left}px`;
    tip.style.top = `${Math.max(Math.min(y - 12, height - tip.offsetHeight), 0)}px`;
  };
  const point = (node, holding = false) => {
    tip.classList.toggle("held", holding);
    if (node !== shown && node !== null) {
      said.replaceChildren(...lines(data, node).map((line) => Object.assign(document.createElement("div"), { textContent: line })));
      const way = address(data, node);
      open.hidden = !way;
      if (way) open.href = way;
    }
    shown = node;
    redraw();
  };
  return { point, redraw };
}

function lines(data, node) {
  const one = data.nodes[node];
  const percent = (weight) => `${Math.round(weight * 100)} %`;
  const found = [`${one[LABEL]}  ${day(data.first, one[DAY])}`, data.words[one[STATE]]];
  for (const [other, weight] of one[CANDIDATES]) found.push(`${data.nodes[other][LABEL]}  ${percent(weight)}`);
  if (one[STATE] !== "elsewhere" && one[UNKNOWN] > 0) found.push(`${data.words.unknown}  ${percent(one[UNKNOWN])}`);
  for (const [other, weight] of one[RINGS]) found.push(`${data.nodes[other][LABEL]}  ${percent(weight)}: ${data.words.ring}`);
  return found;
}

function picture(data, theme, window_) {
  const many = data.nodes.length > MANY;
  const size = many ? 6 : data.nodes.length > 150 ? 8 : 12;
  const color = (group) => (group === data.groups.length - 1 && data.groups.length > theme.series.length ? theme.quiet : theme.series[group % theme.series.length]);
  return {
    animation: !many && !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: false },
    textStyle: { color: theme.text, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: EDGE.left, right: EDGE.right, top: EDGE.top, bottom: 68 },
    legend: { top: 0, left: 0, type: "scroll", icon: "circle", textStyle: { color: theme.quiet }, pageTextStyle: { color: theme.quiet }, pageIconColor: theme.text, data: data.groups },
    tooltip: { show: false },
    dataZoom: [
      { id: "days", type: "inside", filterMode: "none", zoomOnMouseWheel: "ctrl", preventDefaultMouseMove: false, throttle: 30, start: window_[0], end: window_[1] },
      { id: "days-slider", type: "slider", height: 18, bottom: 8, filterMode: "none", showDataShadow: false, throttle: 30, start: window_[0], end: window_[1], textStyle: { color: theme.quiet }, labelFormatter: (value) => day(data.first, Math.round(value)).slice(5) },
    ],
    xAxis: { type: "value", min: -0.5, max: lastDay(data) + 0.5, minInterval: 1, axisLine: { lineStyle: { color: theme.line } }, splitLine: { show: false }, axisLabel: { color: theme.quiet, hideOverlap: true, formatter: (value) => (Number.isInteger(value) ? day(data.first, value).slice(5) : "") } },
    yAxis: { type: "value", inverse: true, min: 0, max: data.bands[data.bands.length - 1], name: data.words.generation, nameTextStyle: { color: theme.quiet, align: "left" }, nameLocation: "start", axisLabel: { show: false }, axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false } },
    series: [bands(data, theme), ...data.groups.map((title, group) => cases(data, theme, { group, title, color: color(group), size, many })), ...data.groups.flatMap((title, group) => links(data, { group, title, color: color(group), many }))],
  };
}

// A line where each generation begins, with its number.
function bands(data, theme) {
  const lines_ = data.bands.slice(0, -1).map((top, generation) => ({ yAxis: top, name: String(generation) }));
  const label = { position: "start", formatter: "{b}", color: theme.quiet, distance: 6, verticalAlign: "top" };
  return { id: "bands", type: "scatter", data: [], markLine: { silent: true, symbol: "none", animation: false, lineStyle: { type: "solid", width: 1, color: theme.line }, label, data: lines_ } };
}

function cases(data, theme, { group, title, color, size, many }) {
  const found = data.nodes.flatMap((one, node) => (one[GROUP] === group ? [{ value: [one[DAY], one[HEIGHT]], node, symbol: one[STATE] === "elsewhere" ? "diamond" : "circle", itemStyle: one[OPEN] ? { color: theme.paper, borderColor: color, borderWidth: many ? 1 : 2 } : undefined }] : []));
  return { id: `group-${group}`, name: title, type: "scatter", z: 2, symbolSize: size, itemStyle: { color }, emphasis: { disabled: many }, progressive: 0, data: found };
}

function links(data, { group, title, color, many }) {
  const spot = (node) => data.nodes[node].slice(0, 2);
  const series = (told, strength, own) => ({
    id: `links-${group}-${told}-${strength}`, name: title, type: "lines", coordinateSystem: "cartesian2d", silent: true, animation: false, z: 1,
    large: many, largeThreshold: 1, progressive: 0,
    lineStyle: { type: told ? "solid" : "dashed", curveness: CURVE, color, width: many ? 0.8 : 1 + 2 * strength, opacity: strength * (many ? 0.55 : 0.9) },
    data: own.map(([from, to]) => ({ coords: [spot(from), spot(to)] })),
  });
  const strengthOf = (weight) => STRENGTHS.find((most) => weight <= most) ?? 1;
  const found = [];
  for (const told of [0, 1]) {
    for (const strength of STRENGTHS) {
      const own = data.links.filter(([, to, weight, said]) => said === told && data.nodes[to][GROUP] === group && strengthOf(weight) === strength);
      if (own.length) found.push(series(told, strength, own));
    }
  }
  return found;
}
