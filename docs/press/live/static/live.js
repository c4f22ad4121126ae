// What every widget needs: to make elements, to load a script when it is first asked for, and to draw anew under the reader's hands.
"use strict";

const Live = (() => {
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  };

  const scripts = new Map();
  const load = (address) => {
    if (!scripts.has(address)) {
      const coming = new Promise((done, fail) => {
        const lost = () => { scripts.delete(address); fail(new Error(`not loaded: ${address}`)); };
        document.head.append(make("script", { src: address, load: done, error: lost }));
      });
      scripts.set(address, coming);
    }
    return scripts.get(address);
  };

  // Put new content into a place; what had the focus, known by its data-key, has it afterwards.
  const draw = (place, ...content) => {
    const key = place.contains(document.activeElement) && document.activeElement.dataset.key;
    place.replaceChildren(...content);
    if (key) focus(place, key);
  };
  const focus = (place, key) => place.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });

  // Arrow keys, Home and End move among `count` things in a row, or in rows of `width`; other keys are left alone.
  const moved = (event, at, count, width = 1) => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + width, ArrowUp: at - width, Home: 0, End: count - 1 }[event.key];
    if (next === undefined) return null;
    event.preventDefault();
    return next >= 0 && next < count ? next : null;
  };

  return { make, load, draw, focus, moved };
})();
