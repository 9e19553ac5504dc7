// Charts from data on the page: <div data-chart="bars" data-source="id of a json_script">.
// ECharts draws on a canvas; tooltips are drawn too (renderMode richText), because HTML tooltips
// carry inline styles and the page's security policy allows none.
const palette = {
  light: { text: "#1d273b", quiet: "#5c6675", line: "#dfe3e8", series: ["#b8325e", "#e8a0b8", "#1f6feb", "#2b8a57", "#c77700", "#6741d9", "#868e96"] },
  dark: { text: "#e6e9ef", quiet: "#a3adbb", line: "#333d4d", series: ["#e0628c", "#8c4a63", "#5b9bff", "#55c08a", "#f0a53a", "#9c82f0", "#adb5bd"] },
};
const drawn = new Map();

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
  chart.setOption(shapes[box.dataset.chart](data, theme, box), true);
  if (!box.dataset.ready) {
    new ResizeObserver(() => chart.resize()).observe(box);
    chart.on("click", (hit) => { if (hit.data?.href) location.assign(hit.data.href); });
    box.dataset.ready = "yes";
  }
}

document.addEventListener("yanmen:theme", () => drawn.forEach((_, box) => draw(box)));
document.addEventListener("htmx:afterSwap", (event) => {
  drawn.forEach((chart, box) => { if (!box.isConnected) { chart.dispose(); drawn.delete(box); } });
  if (event.target.querySelector?.("[data-chart]")) drawAll(event.target);
});

function base(theme) {
  return {
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
    aria: { enabled: true, decal: { show: false } },
    color: theme.series,
    textStyle: { color: theme.text, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 12, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: theme.quiet } },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" } },
  };
}

const shapes = {
  // {days: [...], series: [{name, values, line?}]}
  bars(data, theme) {
    return {
      ...base(theme),
      xAxis: { type: "category", data: data.days, axisTick: { show: false }, axisLine: { lineStyle: { color: theme.line } }, axisLabel: { color: theme.quiet, hideOverlap: true } },
      yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: theme.line } }, axisLabel: { color: theme.quiet } },
      series: data.series.map((one) => ({
        name: one.name, type: one.line ? "line" : "bar", stack: one.line ? null : "all", data: one.values,
        barMaxWidth: 26, symbol: "none", smooth: false,
      })),
    };
  },
  // {names: [...], series: [{name, values}], href: [...]}: longest on top
  ranks(data, theme) {
    return {
      ...base(theme),
      legend: data.series.length > 1 ? { ...base(theme).legend, type: "scroll", pageIconColor: theme.text, pageTextStyle: { color: theme.quiet } } : undefined,
      grid: { left: 8, right: 40, top: data.series.length > 1 ? 32 : 4, bottom: 0, containLabel: true },
      xAxis: { type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { type: "category", inverse: true, data: data.names, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: theme.text, width: 130, overflow: "truncate" } },
      series: data.series.map((one, index) => ({
        name: one.name, type: "bar", stack: "all", barMaxWidth: 16, itemStyle: { borderRadius: index === data.series.length - 1 ? [0, 3, 3, 0] : 0 },
        label: index === data.series.length - 1 ? { show: true, position: "right", color: theme.quiet, formatter: (hit) => data.totals?.[hit.dataIndex] ?? hit.value } : undefined,
        data: one.values.map((value, row) => ({ value, href: data.href?.[row] })),
      })),
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
