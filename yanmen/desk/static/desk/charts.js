// Charts from data on the page: <div data-chart="bars" data-source="id of a json_script">.
// ECharts draws on a canvas; tooltips are drawn too (renderMode richText), because HTML tooltips
// carry inline styles and the page's security policy allows none.
const palette = {
  light: { text: "#1d273b", quiet: "#5c6675", line: "#dfe3e8", series: ["#b8325e", "#e8a0b8", "#1f6feb", "#2b8a57", "#c77700", "#6741d9", "#868e96"] },
  dark: { text: "#e6e9ef", quiet: "#a3adbb", line: "#333d4d", series: ["#e0628c", "#8c4a63", "#5b9bff", "#55c08a", "#f0a53a", "#9c82f0", "#adb5bd"] },
};
const drawn = new Map();
const TOLD = 14;

export async function drawAll(scope = document) {
  await library();
  for (const box of scope.querySelectorAll("[data-chart]")) draw(box);
}

async function library() {
  if (window.echarts) return;
  const source = new URL("../vendor/echarts.min.js", import.meta.url);
  await new Promise((done, failed) => {
    const tag = document.createElement("script");
    tag.src = document.querySelector("[data-echarts]")?.dataset.echarts || source;
    tag.onload = done;
    tag.onerror = failed;
    document.head.append(tag);
  });
}

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
  const theme = palette[document.documentElement.dataset.bsTheme] || palette.light;
  const chart = drawn.get(box) || window.echarts.init(box, null, { renderer: "canvas" });
  drawn.set(box, chart);
  chart.setOption(sized(shapes[box.dataset.chart](data, theme, box), box), true);
  tell(box, data);
  if (!box.dataset.ready) {
    new ResizeObserver(() => chart.resize()).observe(box);
    chart.on("click", (hit) => { if (hit.data?.href) location.assign(hit.data.href); });
    box.dataset.ready = "yes";
  }
}

// What a reader of the screen hears: the title that the page gave, then each series' figures, the latest days or the first names.
function tell(box, { days, names, series }) {
  const points = days || names;
  if (!points || !series) return;
  box.dataset.title ??= box.getAttribute("aria-label") || "";
  const figures = (one) => one.values.map((value, index) => `${points[index]} ${value ?? "–"}`).slice(...(days ? [-TOLD] : [0, TOLD])).join(", ");
  box.setAttribute("aria-label", [box.dataset.title, ...series.map((one) => `${one.name}: ${figures(one)}`)].join("; "));
}

document.addEventListener("yanmen:theme", () => drawn.forEach((_, box) => draw(box)));
document.addEventListener("yanmen:replaced", forget);
for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, (event) => {
    forget();
    if (event.target.querySelector?.("[data-chart]")) drawAll(event.target);
  });
}

function forget() {
  drawn.forEach((chart, box) => { if (!box.isConnected) { chart.dispose(); drawn.delete(box); } });
}

// On the wall letters grow with the screen: everything a chart writes is as large as its box says.
function sized(option, box) {
  if (!box.closest(".wall")) return option;
  const size = Math.round(parseFloat(getComputedStyle(box).fontSize) * 0.86);
  const part = (one) => ({ ...one, axisLabel: { ...one.axisLabel, fontSize: size }, nameTextStyle: { ...one.nameTextStyle, fontSize: size } });
  const axis = (one) => (Array.isArray(one) ? one.map(part) : one && part(one));
  return {
    ...option,
    textStyle: { ...option.textStyle, fontSize: size },
    legend: option.legend && { ...option.legend, itemWidth: size, itemHeight: size * 0.8, textStyle: { ...option.legend.textStyle, fontSize: size } },
    grid: { ...option.grid, top: option.legend ? size * 2.4 : option.grid.top },
    xAxis: axis(option.xAxis), yAxis: axis(option.yAxis),
    series: option.series.map((one) => ({ ...one, barMaxWidth: one.barMaxWidth && size * 1.9, label: one.label && { ...one.label, fontSize: size } })),
  };
}

function base(theme) {
  return {
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
    color: theme.series,
    textStyle: { color: theme.text, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 12, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: theme.quiet } },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" } },
  };
}

// A line with its band on an axis of its own; what is provisional is dashed. The line at 1 says whether it grows.
function reproduction({ low, median, high, firm, words }, theme) {
  const color = theme.series[2];
  const line = { type: "line", yAxisIndex: 1, symbol: "none", z: 5 };
  const quiet = { tooltip: { show: false }, silent: true };
  return [
    { ...line, ...quiet, name: words.band, stack: "band", data: low, lineStyle: { opacity: 0 }, itemStyle: { color } },
    { ...line, ...quiet, name: words.band, stack: "band", data: high.map((top, day) => (top === null ? null : Math.round((top - low[day]) * 100) / 100)), lineStyle: { opacity: 0 }, areaStyle: { color, opacity: 0.22 }, itemStyle: { color } },
    { ...line, name: words.median, data: median.map((value, day) => (day < firm ? value : null)), lineStyle: { color, width: 2.5 }, itemStyle: { color },
      markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color, type: "dotted" }, data: [{ yAxis: 1 }] } },
    { ...line, ...quiet, name: words.median, data: median.map((value, day) => (day >= firm - 1 ? value : null)), lineStyle: { color, width: 2.5, type: "dashed" }, itemStyle: { color } },
  ];
}

const shapes = {
  // {days: [...], series: [{name, values, line?}], rt?: {low, median, high: [number or null], firm: so many days are not provisional}}
  bars(data, theme) {
    const axis = { type: "value", axisLabel: { color: theme.quiet }, splitLine: { lineStyle: { color: theme.line } } };
    return {
      ...base(theme),
      legend: { ...base(theme).legend, data: data.series.map((one) => one.name) },
      tooltip: { ...base(theme).tooltip, valueFormatter: (value) => (value ?? "–") },
      xAxis: { type: "category", data: data.days, axisTick: { show: false }, axisLine: { lineStyle: { color: theme.line } }, axisLabel: { color: theme.quiet, hideOverlap: true } },
      yAxis: data.rt ? [{ ...axis, minInterval: 1 }, { ...axis, min: 0, max: (range) => Math.max(2, Math.min(6, Math.ceil(range.max))), splitLine: { show: false } }] : { ...axis, minInterval: 1 },
      series: [
        ...data.series.map((one) => ({
          name: one.name, type: one.line ? "line" : "bar", stack: one.line ? null : "all", data: one.values,
          barMaxWidth: 26, symbol: "none", smooth: false, color: one.tone === undefined ? undefined : theme.series[one.tone],
        })),
        ...(data.rt ? reproduction(data.rt, theme) : []),
      ],
    };
  },
  // {names: [...], series: [{name, values}], href: [...]}: longest on top
  ranks(data, theme) {
    return {
      ...base(theme),
      legend: data.series.length > 1 ? { ...base(theme).legend, type: "scroll", pageIconColor: theme.text, pageTextStyle: { color: theme.quiet } } : undefined,
      grid: { left: 8, right: 40, top: data.series.length > 1 ? 32 : 4, bottom: 0, containLabel: true },
      xAxis: { type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { type: "category", inverse: true, data: data.names, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: theme.text, width: 130, overflow: "truncate", interval: 0 } },
      series: data.series.map((one, index) => ({
        name: one.name, type: "bar", stack: "all", barMaxWidth: 16, itemStyle: { borderRadius: index === data.series.length - 1 ? [0, 3, 3, 0] : 0 },
        label: index === data.series.length - 1 ? { show: true, position: "right", color: theme.quiet, formatter: (hit) => data.totals?.[hit.dataIndex] ?? hit.value } : undefined,
        data: one.values.map((value, row) => ({ value, href: data.href?.[row] })),
      })),
    };
  },
  // {first: day, nodes: [[day, height, group, open]], links: [[from, to, weight, told]], groups: [name], bands: [height], words}
  chain(data, theme) {
    const day = (value) => new Date(Date.parse(data.first) + Math.round(value) * 86_400_000).toISOString().slice(5, 10);
    const many = data.nodes.length > 120;
    return {
      ...base(theme),
      legend: { ...base(theme).legend, data: data.groups.map((name) => ({ name })) },
      tooltip: { ...base(theme).tooltip, trigger: "item", formatter: (hit) => (hit.dataType === "edge" ? "" : `${day(hit.data.value[0])} · ${data.groups[hit.data.category]}`) },
      xAxis: { type: "value", min: (range) => Math.floor(range.min) - 0.6, max: (range) => Math.ceil(range.max) + 0.6, minInterval: 1, splitLine: { lineStyle: { color: theme.line } }, axisLine: { show: false }, axisLabel: { color: theme.quiet, hideOverlap: true, formatter: (value) => (Number.isInteger(value) ? day(value) : "") } },
      yAxis: { type: "value", inverse: true, min: 0, max: data.bands.at(-1), show: false },
      series: [{
        type: "graph", coordinateSystem: "cartesian2d", categories: data.groups.map((name, index) => ({ name, itemStyle: { color: theme.series[index % theme.series.length] } })),
        data: data.nodes.map(([at, height, group, open]) => ({ value: [at, height], category: group, symbol: open ? "diamond" : "circle", symbolSize: (open ? 13 : 10) * (many ? 0.7 : 1), itemStyle: open ? { borderColor: theme.text, borderWidth: 0.8 } : undefined })),
        links: data.links.map(([source, target, weight, told]) => ({ source, target, lineStyle: { color: theme.quiet, width: told ? 1.8 : 1.2, type: told ? "solid" : "dashed", opacity: 0.35 + 0.5 * weight, curveness: 0.12 } })),
        edgeSymbol: ["none", "arrow"], edgeSymbolSize: many ? 4 : 6, silent: false, animation: false, emphasis: { disabled: true },
      }],
    };
  },
  // {labels, values (in standard deviations), cts, broken: [[rule, ...], ...]}: Levey-Jennings, lines at 1, 2, 3
  control(data, theme) {
    const line = (at, kind) => ({ yAxis: at, lineStyle: { color: kind === 3 ? theme.series[0] : kind === 2 ? theme.series[4] : theme.line, type: at ? "dashed" : "solid" } });
    return {
      ...base(theme),
      legend: undefined,
      grid: { left: 8, right: 16, top: 12, bottom: 8, containLabel: true },
      tooltip: { ...base(theme).tooltip, axisPointer: { type: "line" }, formatter: ([hit]) => `${hit.name}\nCt ${data.cts[hit.dataIndex]}  z ${hit.data.value}\n${data.broken[hit.dataIndex].join(" ")}` },
      xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: theme.quiet, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" } },
      yAxis: { type: "value", min: (range) => Math.min(-4, Math.floor(range.min)), max: (range) => Math.max(4, Math.ceil(range.max)), interval: 1, splitLine: { show: false }, axisLabel: { color: theme.quiet, formatter: (value) => (value ? `${value > 0 ? "+" : "−"}${Math.abs(value)} SD` : "x̄") } },
      series: [{
        name: data.name, type: "line", lineStyle: { color: theme.quiet, width: 1 },
        data: data.values.map((value, index) => ({ value, symbol: data.broken[index].length ? "diamond" : "circle", symbolSize: data.broken[index].length ? 13 : 7, itemStyle: { color: theme.series[data.broken[index].length ? 0 : 2] } })),
        markLine: { silent: true, symbol: "none", label: { show: false }, data: [-3, -2, -1, 0, 1, 2, 3].map((at) => line(at, Math.abs(at))) },
      }],
    };
  },
  // {temperature: [[moment, °C]], ct: [[moment, Ct]], negative: [moment]}; names in data-warm and data-negative. A high Ct means little virus.
  course(data, theme, box) {
    const axis = { type: "value", scale: true, splitLine: { show: false }, axisLabel: { color: theme.quiet } };
    const line = (name, values, side, at) => ({ name, type: "line", yAxisIndex: side, data: values, symbolSize: 8, itemStyle: { color: theme.series[at] }, lineStyle: { color: theme.series[at] } });
    const top = Math.max(40, ...data.ct.map(([, ct]) => ct));
    return {
      ...base(theme),
      tooltip: { ...base(theme).tooltip, axisPointer: { type: "line" } },
      grid: { left: 8, right: 8, top: 44, bottom: 8, containLabel: true },
      xAxis: { type: "time", axisLine: { lineStyle: { color: theme.line } }, axisLabel: { color: theme.quiet, hideOverlap: true } },
      yAxis: [
        { ...axis, name: "°C", nameTextStyle: { color: theme.quiet }, min: (range) => Math.min(36, range.min), max: (range) => Math.max(39, range.max), splitLine: { show: true, lineStyle: { color: theme.line } } },
        { ...axis, name: "Ct", nameTextStyle: { color: theme.quiet }, min: 10, max: top },
      ],
      series: [
        line(box.dataset.warm, data.temperature, 0, 0),
        line("Ct", data.ct, 1, 2),
        { name: box.dataset.negative, type: "scatter", yAxisIndex: 1, symbol: "triangle", symbolSize: 11, itemStyle: { color: theme.series[3] }, data: data.negative.map((at) => [at, top]) },
      ].filter((one) => one.data.length),
    };
  },
};
