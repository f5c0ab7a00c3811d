/** The element of that id. */
export const byId = (id) => document.getElementById(id);

/** A new element; text among the children becomes text, never markup. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Shows a message at a field, or takes it away; who uses a screen reader hears of it with the field. */
export function setFieldError(input, place, message) {
  place.textContent = message;
  place.hidden = message === '';
  if (message === '') {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  } else {
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', place.id);
  }
}

/** Sets the width of a bar, 0 to 1. (A style attribute would be against the page's own policy.) */
export function setWidth(bar, share) {
  bar.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
}
