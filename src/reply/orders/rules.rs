//! Tables of what takes the place of what: a pattern of the `regex` crate, " => " and what stands for it, a line each.
//!
//! In: the table. Out: texts with every rule laid on them, one after the other. `name = one|two` lets `{name}` stand for its choices.

use regex::Regex;

/// A table.
pub(super) struct Rules(Vec<(Regex, String)>);

impl Rules {
    pub(super) fn read(table: &str) -> Self {
        let mut lets: Vec<(String, String)> = Vec::new();
        let mut rules = Vec::new();
        for line in table
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("# "))
        {
            let spelled = |text: &str| {
                lets.iter()
                    .fold(text.to_owned(), |text, (name, options)| text.replace(name, options))
            };
            let rule = line
                .split_once(" => ")
                .or_else(|| line.strip_suffix(" =>").map(|pattern| (pattern, "")));
            if let Some((pattern, meant)) = rule {
                rules.extend(Regex::new(&format!("(?i){}", spelled(pattern))).map(|regex| (regex, meant.to_owned())));
            } else if let Some((name, options)) = line.split_once(" = ") {
                let spelled = spelled(options);
                lets.push((format!("{{{name}}}"), format!("(?:{spelled})")));
            }
        }
        Self(rules)
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (regex, meant) in &self.0 {
            if let std::borrow::Cow::Owned(changed) = regex.replace_all(&text, meant.as_str()) {
                text = changed;
            }
        }
        text
    }
}
