// WCAG 2.2, contrast ratio of each text in the editor and on the buttons to what lies behind it.
(() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node) => {
    const color = channels(getComputedStyle(node).backgroundColor);
    return color.length === 4 && color[3] === 0 ? behind(node.parentElement) : color;
  };
  const ratio = (node) => {
    const [one, other] = [channels(getComputedStyle(node).color), behind(node)].map(luminance);
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const found = {};
  for (const node of document.querySelectorAll(".CodeMirror-line span, .CodeMirror-linenumber, main button, main .muted, label")) {
    if (node.checkVisibility() && node.textContent.trim()) found[`${node.className || node.tagName} ${node.textContent.trim().slice(0, 20)}`] = ratio(node);
  }
  return found;
})()
