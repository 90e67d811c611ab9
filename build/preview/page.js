/* global uPlot, span, document */
const palette = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#705da0',
  '#37872d',
  '#fade2a',
  '#c4162a',
];

for (const section of document.querySelectorAll('[data-graph]')) {
  const place = section.querySelector('.graph');
  if (place !== null) draw(section, place, JSON.parse(section.dataset.graph));
}
for (const line of document.querySelectorAll('[data-parts]')) drawStates(line, JSON.parse(line.dataset.parts));
for (const axis of document.querySelectorAll('.axis')) drawTimes(axis);

function draw(section, place, { type, unit, stacked, times, series }) {
  const shown = series.slice(0, 60);
  const legend = document.createElement('div');
  legend.className = 'legend';
  const colors = shown.map((_, index) => palette[index % palette.length]);
  legend.append(...shown.map(({ name }, index) => entry(name, colors[index])));
  if (type !== 'heatmap') section.append(legend);
  const size = { width: place.clientWidth, height: place.clientHeight };
  if (type === 'heatmap') return drawHeatmap(place, size, times, series);
  const values = stacked ? stack(shown.map((one) => one.values)) : shown.map((one) => one.values);
  const lines = shown.map(({ name }, index) => ({
    label: name,
    stroke: colors[index],
    width: 1.5,
    fill: stacked ? `${colors[index]}66` : undefined,
    points: { show: false },
    spanGaps: false,
  }));
  // What is stacked higher is drawn first, so that each part stays seen.
  const order = stacked ? lines.map((_, index) => lines.length - 1 - index) : [...lines.keys()];
  const options = {
    ...size,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { min: span.from, max: span.to }, y: { range: (_, __, max) => [0, (max || 1) * 1.1] } },
    axes: [axis(), { ...axis(), size: 70, values: (_, ticks) => ticks.map((tick) => format(tick, unit)) }],
    series: [{}, ...order.map((index) => lines[index])],
    hooks: { drawClear: [marks] },
  };
  return new uPlot(options, [times, ...order.map((index) => values[index])], place);
}

function axis() {
  return {
    stroke: '#8e8e9d',
    grid: { stroke: '#24272d', width: 1 },
    ticks: { show: false },
    font: '11px Inter, sans-serif',
  };
}

function entry(name, color) {
  const one = document.createElement('span');
  const line = document.createElement('i');
  line.style.background = color;
  one.append(line, name);
  return one;
}

/** Sums from the first series up; what is absent counts as nothing. */
function stack(lists) {
  const sums = [];
  return lists.map((values) => values.map((value, index) => (sums[index] = (sums[index] ?? 0) + (value ?? 0))));
}

function marks(plot) {
  const { ctx, bbox } = plot;
  for (const { from, to, color } of span.marks) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
    if (right < left) continue;
    ctx.fillStyle = `${color}14`;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = color;
    ctx.fillRect(left, bbox.top, 1, bbox.height);
    ctx.fillRect(left, bbox.top + bbox.height - 3, Math.max(3, right - left), 3);
  }
}

/** Cumulative buckets by their bound `le`, as Grafana takes them apart. */
function drawHeatmap(place, { width, height }, times, series) {
  const rows = series.toSorted((a, b) => bound(a) - bound(b));
  const counts = rows.map(({ values }, row) =>
    values.map((value, index) => (value ?? 0) - (rows[row - 1]?.values[index] ?? 0)),
  );
  const most = Math.max(...counts.flat(), 1e-9);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  const [cellWidth, cellHeight] = [(width - 70) / Math.max(1, times.length), (height - 16) / rows.length];
  counts.forEach((values, row) => {
    const top = (rows.length - 1 - row) * cellHeight;
    values.forEach((value, index) => {
      if (value <= 0) return;
      context.fillStyle = `hsl(${30 - 30 * (value / most)} 90% ${20 + 50 * Math.sqrt(value / most)}%)`;
      context.fillRect(70 + index * cellWidth, top, Math.ceil(cellWidth), Math.ceil(cellHeight) - 1);
    });
    context.fillStyle = '#8e8e9d';
    context.font = '10px Inter, sans-serif';
    if (cellHeight > 9 || row % 3 === 0) context.fillText(format(Number(rows[row].le), 's'), 4, top + cellHeight);
  });
  place.append(canvas);
}

function bound({ le }) {
  return le === '+Inf' ? Infinity : Number(le);
}

function drawStates(line, parts) {
  const step = Math.min(...parts.slice(1).map(({ time }, index) => time - parts[index].time), span.to - span.from);
  for (const { time, shade } of parts) {
    const one = document.createElement('u');
    const width = 100 / (span.to - span.from);
    one.style.cssText = `left:${(time - span.from) * width}%;width:${Math.min(step, span.to - time) * width + 0.05}%;background:${shade}`;
    line.append(one);
  }
}

function drawTimes(axis) {
  const days = (span.to - span.from) / 86_400;
  for (let part = 0; part < 8; part += 1) {
    const one = document.createElement('span');
    const date = new Date((span.from + ((span.to - span.from) * part) / 8) * 1000);
    one.textContent = days > 2 ? date.toISOString().slice(5, 10) : date.toISOString().slice(11, 16);
    one.style.left = `${(100 * part) / 8}%`;
    axis.append(one);
  }
}

function format(value, unit) {
  if (unit === 'percentunit') return `${+(value * 100).toFixed(1)}%`;
  if (unit === 'bytes' || unit === 'binBps')
    return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']) + (unit === 'bytes' ? '' : '/s');
  if (unit === 's') return seconds(value);
  return unit === 'cps' ? `${+value.toPrecision(3)} c/s` : `${+value.toPrecision(4)}`;
}

function scaled(value, base, names) {
  const power = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log(value || 1) / Math.log(base))));
  return `${+(value / base ** power).toPrecision(3)} ${names[power]}`;
}

function seconds(value) {
  if (!Number.isFinite(value)) return 'more';
  const [size, name] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ].find(([one]) => value >= one) ?? [1, 's'];
  return `${+(value / size).toPrecision(3)} ${name}`;
}
