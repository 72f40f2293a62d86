// Half of tests/judges/letters: HTML pages come in as JSON [[name, html]], findings go out as JSON [[name, judge, [finding]]].
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = createRequire(join(process.argv[2], 'package.json'));
const { caniemail } = await import(packages.resolve('caniemail'));
const { HtmlValidate, StaticConfigLoader } = await import(packages.resolve('html-validate'));

// The clients that the letters are written for (C-A1 to C-A9).
const clients = ['gmail.*', 'outlook.*', 'apple-mail.*', 'thunderbird.macos', 'samsung-email.android', 'yahoo.*', 'windows-mail.windows'];

// What some client does without, and the letters do not depend on: they look plain there, not broken.
const harmless = [
  /^<body> element/, // some webmail puts the letter into a page of its own; colours stand on the outer table too
  /^(role|lang|target) attribute/, // for screen readers and browsers, where they are understood
  /^<style> element/, // only the narrow layout and the dark colours stand there, all else is inline
  /^color-scheme meta tag/,
  /^@media/,
  /^prefers-color-scheme/,
  /^(display:none|max-height property|overflow)$/, // the preview line is hidden in several ways, one for each client
  /^(border-radius|white-space)$/, // square corners; a button's label that may break
];

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ['html-validate:standard'],
    rules: {
      // Mail clients want what the web has left behind: bgcolor, align, inline styles, presentation tables.
      'no-deprecated-attr': 'off',
      'no-inline-style': 'off',
      'attribute-boolean-style': 'off',
      'doctype-style': 'off',
      'no-trailing-whitespace': 'off',
      'void-style': 'off',
      'long-title': 'off',
      'no-conditional-comment': 'off',
      'tel-non-breaking': 'off',
    },
  }),
);

const verdicts = [];
for (const [name, html] of JSON.parse(readFileSync(0, 'utf8'))) {
  const report = await validator.validateString(html);
  const wrong = report.results.flatMap((r) => r.messages).filter((m) => m.severity === 2);
  verdicts.push([name, 'html-validate', wrong.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`)]);

  const { issues } = caniemail({ clients, html });
  const found = new Set();
  for (const [client, list] of issues.errors) {
    for (const issue of list) {
      if (!harmless.some((h) => h.test(issue.title))) found.add(`${issue.title} (${client})`);
    }
  }
  verdicts.push([name, 'caniemail', [...found]]);
}
process.stdout.write(JSON.stringify(verdicts));
