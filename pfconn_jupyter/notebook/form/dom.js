// @ts-check
// Elements of the form.

const ICONS = {
  bad: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.8 3.5h1.6v5H7.2v-5Zm.8 8a1 1 0 1 1 0-2 1 1 0 0 1 0 2Z",
  good: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 5.3-4.2 4.9-3-2.7 1-1.1 1.9 1.7 3.1-3.8 1.2 1Z",
  open: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.8 2.6h1.6v1.7H7.2V3.6Zm0 3h1.6v5.6H7.2V6.6Z",
};

/**
 * Make an element. `on…` attributes are listeners, `false` and `undefined` are left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(.../** @type {(Node | string)[]} */ (children.filter(Boolean)));
  return node;
}

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [k, v] of Object.entries({ viewBox: "0 0 16 16", "aria-hidden": "true", class: "pfc-icon" })) svg.setAttribute(k, v);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** @param {string} address */
export function hostOf(address) {
  try {
    return new URL(address.trim()).host;
  } catch {
    return "";
  }
}
