// Chains of infection on a canvas: a day across, a generation down. Solid links were told, dashed ones inferred, as strong as
// their weight; an open circle has no known source. Pointing at a case, or its row in the table, draws all its candidates.
const MANY = 600; // above it links are thin and nothing is animated
const box = document.querySelector("[data-chains]");
const themes = {
  light: { text: "#1d273b", quiet: "#5c6675", line: "#dfe3e8", paper: "#ffffff", series: ["#b8325e", "#1f6feb", "#2b8a57", "#c77700", "#6741d9", "#0b7285", "#a61e4d", "#5c940d", "#868e96"] },
  dark: { text: "#e6e9ef", quiet: "#a3adbb", line: "#333d4d", paper: "#1a2230", series: ["#e0628c", "#5b9bff", "#55c08a", "#f0a53a", "#9c82f0", "#3bc9db", "#f783ac", "#a9e34b", "#adb5bd"] },
};

if (box) {
  await library();
  const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  const draw = () => chart.setOption(picture(data, themes[document.documentElement.dataset.bsTheme] || themes.light), true);
  draw();
  box.dataset.ready = "yes";
  new ResizeObserver(() => chart.resize()).observe(box);
  document.addEventListener("yanmen:theme", draw);
  const point = (node) => chart.setOption({ series: [{ id: "candidates", data: node === null ? [] : candidates(data, node) }] });
  chart.on("mouseover", (hit) => hit.seriesType === "scatter" && point(hit.data.node));
  chart.on("mouseout", () => point(null));
  const rows = document.querySelectorAll("[data-node]");
  for (const row of rows) {
    const node = Number(row.dataset.node);
    row.addEventListener("focusin", () => show(chart, data, node, point));
    row.addEventListener("mouseenter", () => show(chart, data, node, point));
    row.addEventListener("mouseleave", () => { point(null); chart.dispatchAction({ type: "hideTip" }); });
  }
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
  found.setUTCDate(found.getUTCDate() + days);
  return found.toISOString().slice(0, 10);
}

function spot(data, node) {
  return [data.nodes[node][0], data.nodes[node][1]];
}

function candidates(data, node) {
  return data.nodes[node][6].map(([other, weight]) => ({ coords: [spot(data, other), spot(data, node)], lineStyle: { width: 1 + 3 * weight, opacity: 0.35 + 0.65 * weight } }));
}

function show(chart, data, node, point) {
  const group = data.nodes[node][2];
  const at = chart.getOption().series.findIndex((one) => one.id === `group-${group}`);
  const within = chart.getOption().series[at].data.findIndex((one) => one.node === node);
  chart.dispatchAction({ type: "showTip", seriesIndex: at, dataIndex: within });
  point(node);
}

function said(data, node) {
  const [days, , , , label, unknown, others, state] = data.nodes[node];
  const parts = [`${label}  ${day(data.first, days)}`, data.words[state]];
  for (const [other, weight] of others) parts.push(`${data.nodes[other][4]}  ${Math.round(weight * 100)} %`);
  if (state !== "elsewhere" && unknown > 0) parts.push(`${data.words.unknown}  ${Math.round(unknown * 100)} %`);
  return parts.join("\n");
}

function picture(data, theme) {
  const many = data.nodes.length > MANY;
  const size = many ? 5 : data.nodes.length > 150 ? 8 : 12;
  const color = (group) => (group === data.groups.length - 1 && data.groups.length > theme.series.length ? theme.quiet : theme.series[group % theme.series.length]);
  const links = (told) => data.links.filter((one) => one[3] === told).map(([from, to, weight]) => ({
    coords: [spot(data, from), spot(data, to)],
    lineStyle: { width: many ? 0.8 : 1 + 2 * weight, opacity: Math.max(0.15, weight * (many ? 0.6 : 0.9)), color: color(data.nodes[to][2]) },
  }));
  const lines = { type: "lines", coordinateSystem: "cartesian2d", silent: true, animation: false, large: false, progressive: 800, z: 1 };
  return {
    animation: !many && !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: false },
    textStyle: { color: theme.text, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 16, top: 48, bottom: many ? 48 : 12, containLabel: true },
    legend: { top: 0, left: 0, type: "scroll", icon: "circle", textStyle: { color: theme.quiet }, pageTextStyle: { color: theme.quiet }, pageIconColor: theme.text, data: data.groups },
    tooltip: { trigger: "item", renderMode: "richText", confine: true, formatter: (hit) => said(data, hit.data.node) },
    dataZoom: many ? [{ type: "inside", filterMode: "none" }, { type: "slider", height: 18, bottom: 8, filterMode: "none", textStyle: { color: theme.quiet }, labelFormatter: (value) => day(data.first, Math.round(value)).slice(5) }] : [{ type: "inside", filterMode: "none", zoomOnMouseWheel: "ctrl" }],
    xAxis: { type: "value", min: "dataMin", max: "dataMax", minInterval: 1, boundaryGap: ["2%", "2%"], axisLine: { lineStyle: { color: theme.line } }, splitLine: { show: false }, axisLabel: { color: theme.quiet, hideOverlap: true, formatter: (value) => day(data.first, Math.round(value)).slice(5) } },
    yAxis: { type: "value", inverse: true, min: -0.5, max: data.generations - 0.5, interval: 1, name: data.words.generation, nameTextStyle: { color: theme.quiet, align: "left" }, nameLocation: "start", axisLabel: { color: theme.quiet, verticalAlign: "top", padding: [6, 0, 0, 0], formatter: (value) => (Number.isInteger(value + 0.5) && value + 0.5 < data.generations ? String(value + 0.5) : "") }, axisTick: { show: false }, axisLine: { show: false }, splitLine: { lineStyle: { color: theme.line } } },
    series: [
      { ...lines, id: "inferred", lineStyle: { type: "dashed", curveness: 0.12 }, data: links(0) },
      { ...lines, id: "told", lineStyle: { type: "solid", curveness: 0.12 }, data: links(1) },
      { ...lines, id: "candidates", z: 3, lineStyle: { type: "dashed", color: theme.text, curveness: 0.12 }, data: [] },
      ...data.groups.map((name, group) => ({
        id: `group-${group}`, name, type: "scatter", z: 2, symbolSize: size, itemStyle: { color: color(group) },
        data: data.nodes.flatMap((one, node) => (one[2] === group ? [{ value: [one[0], one[1]], node, symbol: one[7] === "elsewhere" ? "diamond" : "circle", itemStyle: one[3] ? { color: theme.paper, borderColor: color(group), borderWidth: many ? 1 : 2 } : undefined }] : [])),
      })),
    ],
  };
}
