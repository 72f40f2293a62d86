//! The hub's templates, compiled in: nobody but recruiters sees them, and an agency's colours and name are in them by its look.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, escape_formatter};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// Name and text of every template.
        const BUILT_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../templates/hub/", $name)))),*];
    };
}

built_in![
    "base.html",
    "parts.html",
    "sign_in.html",
    "asked.html",
    "enter.html",
    "board.html",
    "cards.html",
    "submission.html",
    "mail.html",
    "quarantine.html",
    "aside.html",
    "outbox.html",
    "drafts.html",
    "draft.html",
    "figures.html",
    "settings.html",
    "told.html",
];

/// The hub's stylesheet.
pub(super) const STYLE: &str = include_str!("../../../templates/hub/style.css");
/// The hub's script: live updates and nothing else.
pub(super) const SCRIPT: &str = include_str!("../../../templates/hub/hub.js");

/// Steps one page may take: a timeline of many hundred lines needs about a fifth of it.
const FUEL: u64 = 20_000_000;

/// The templates, ready to be filled.
pub(super) fn environment() -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_fuel(Some(FUEL));
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_formatter(|out, state, value: &Value| {
        if value.is_none() {
            return Ok(());
        }
        escape_formatter(out, state, value)
    });
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, text) in BUILT_IN {
        env.add_template(name, text)?;
    }
    Ok(env)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_template_holds_a_script_a_style_or_an_address_of_somebody_else() {
        let mut scripts = 0;
        for (name, text) in BUILT_IN {
            scripts += text.matches("<script src=\"{{ hub }}/hub.js\" defer></script>").count();
            let text = text.replace("<script src=\"{{ hub }}/hub.js\" defer></script>", "");
            for outside in [
                "<script",
                "javascript:",
                " onclick",
                " onload",
                " onerror",
                "http://",
                "https://",
                " style=",
                "@import",
                "url(",
                "|safe",
            ] {
                assert!(!text.contains(outside), "{name} holds {outside}");
            }
        }
        assert_eq!(scripts, 1, "the one script is named in one place");
        for outside in ["http", "eval", "innerHTML", "import("] {
            assert!(!SCRIPT.contains(outside), "the script holds {outside}");
        }
        assert!(!STYLE.contains("</") && !STYLE.contains("url(") && !STYLE.contains('\r'));
        environment().unwrap();
    }
}
