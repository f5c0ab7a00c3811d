import {element, svg} from './dom.js';

const WIDTH = 240;
const HEIGHT = 88;

/** Prepares a figure: title, figure of now, a remark, and the chart. */
export function chart(figure, title) {
  const now = element('span', {class: 'now'}, '–');
  const more = element('span', {class: 'more'});
  const from = element('span');
  const scale = element('span');
  const drawing = svg('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img'});
  figure.replaceChildren(
    element('figcaption', {}, element('span', {class: 'title'}, title), now, more),
    drawing,
    element('div', {class: 'span', 'aria-hidden': 'true'}, from, scale, element('span', {}, 'now')),
  );
  return {
    /** What is the case now, how far back the chart goes, what its height means, and what is drawn. */
    show(text, remark, {ago, height}, marks) {
      from.textContent = ago;
      scale.textContent = height;
      now.textContent = text;
      more.replaceChildren(...remark);
      drawing.setAttribute('aria-label', `${title}: ${text} ${more.textContent}`.trim());
      drawing.replaceChildren(svg('path', {class: 'axis', d: `M0 ${HEIGHT}H${WIDTH}`}), ...marks);
    },
  };
}

const fromTop = (share) => (HEIGHT * (1 - share)).toFixed(1);

/** A line with the area below it. Points are {x, y}, both 0 to 1. */
export function line(points) {
  if (points.length < 2) {
    return [];
  }
  const path = points.map(({x, y}) => `${(x * WIDTH).toFixed(1)} ${fromTop(y)}`).join('L');
  const [first, last] = [points[0], points.at(-1)];
  return [
    svg('path', {
      class: 'area',
      d: `M${(first.x * WIDTH).toFixed(1)} ${HEIGHT}L${path}L${(last.x * WIDTH).toFixed(1)} ${HEIGHT}Z`,
    }),
    svg('path', {class: 'line', d: `M${path}`}),
  ];
}

/** Bars in two parts, one upon the other. Bars are {x, parts: [{y, kind}]}; a width is a share too. */
export function bars(columns, width) {
  return columns.flatMap(({x, parts}) => {
    let below = 0;
    return parts
      .filter(({y}) => y > 0)
      .map(({y, kind}) => {
        const top = below + y;
        const bar = svg('rect', {
          class: kind,
          x: ((x - width) * WIDTH).toFixed(1),
          y: fromTop(top),
          width: Math.max(1, width * WIDTH - 1).toFixed(1),
          height: Math.max(1, y * HEIGHT).toFixed(1),
        });
        below = top;
        return bar;
      });
  });
}

/** Dots: paths of no length with round ends, which stay round however wide the chart is. */
export const dots = (points) =>
  points.map(({x, y, kind}) => svg('path', {class: `dot ${kind}`, d: `M${(x * WIDTH).toFixed(1)} ${fromTop(y)}h0`}));
