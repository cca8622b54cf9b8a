// The Markdown subset of answers: paragraphs, lists, tables, quotes, code, bold, italic, links. Fed by models: what it does not know stays text.
export { parseMarkdown, type Block, type Inline } from './parse';
export { renderMarkdown, type RenderOptions } from './render';
export { safeUrl } from './url';
