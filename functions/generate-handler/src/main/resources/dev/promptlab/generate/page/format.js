const money = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 0,
  maximumSignificantDigits: 3,
});
const whole = new Intl.NumberFormat('en');

/** A time as one reads it: 4.2 ms, 612 ms, 1.24 s. */
export function time(milliseconds) {
  if (milliseconds < 9.95) {
    return `${milliseconds.toFixed(1)} ms`;
  }
  return milliseconds < 999.5 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Whole seconds, from a minute and a half on minutes, hours or days. */
export function seconds(count) {
  for (const [unit, length] of [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
  ]) {
    if (count >= 1.5 * length) {
      return `${Math.round(count / length)} ${unit}`;
    }
  }
  return `${count} s`;
}

export const usd = (amount) => money.format(amount);

export const count = (number) => whole.format(number);

/** A count and its noun: 1 request, 2 requests. */
export const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

export const percent = (share) => `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
