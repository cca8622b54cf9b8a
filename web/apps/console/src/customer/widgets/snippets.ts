// What to put on a page, for the places people keep their pages.
import type { Widget } from '@guildhall/api';

export const platforms = ['html', 'wordpress', 'shopify', 'react'] as const;
export type Platform = (typeof platforms)[number];

const escaped = (text: string): string => text.replace(/[\\']/g, (sign) => `\\${sign}`);

export function snippetFor(platform: Platform, widget: Pick<Widget, 'key' | 'script_url'>): string {
  const tag = `<script async src="${widget.script_url}" data-widget-key="${widget.key}"></script>`;
  switch (platform) {
    case 'html':
      return `<!-- before </body> -->\n${tag}`;
    case 'wordpress':
      return `<?php\n// functions.php of your theme, or a plugin for snippets\nadd_action('wp_footer', function () {\n  echo '${escaped(tag)}';\n});`;
    case 'shopify':
      return `{%- comment -%} layout/theme.liquid, before </body> {%- endcomment -%}\n${tag}`;
    case 'react':
      return `import { useEffect } from 'react';\n\nexport function GuildhallChat() {\n  useEffect(() => {\n    const script = document.createElement('script');\n    script.async = true;\n    script.src = '${escaped(widget.script_url)}';\n    script.dataset.widgetKey = '${escaped(widget.key)}';\n    document.body.append(script);\n    return () => script.remove();\n  }, []);\n  return null;\n}`;
  }
}

/** "https://Shop.example/path" → "shop.example"; what is no host stays as it was typed, for the server to judge. */
export function hostOf(typed: string): string {
  const text = typed.trim().toLowerCase();
  const match = /^(?:https?:\/\/)?([^/\s:?#]+)(?::\d+)?(?:[/?#].*)?$/.exec(text);
  return match?.[1] ?? text;
}

export const hostsOf = (typed: string): string[] => [...new Set(typed.split(/[\s,;]+/).filter(Boolean).map(hostOf))];
