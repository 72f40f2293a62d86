//! Reads the forms of a page as a program does that presses everything.

use regex::Regex;

pub(super) struct Form {
    /// Relative to the page; empty for the page itself.
    pub(super) action: String,
    /// What is sent whatever is pressed.
    pub(super) fields: Vec<(String, String)>,
    /// Name and value of each button.
    pub(super) buttons: Vec<(String, String)>,
}

/// All forms, in the order of the page. Text fields are filled in.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let form = Regex::new(r"(?s)<form([^>]*)>(.*?)</form>").unwrap();
    let tag = Regex::new(r"<(input|button|textarea)\b([^>]*)>").unwrap();
    let found = form.captures_iter(html).map(|hit| {
        let mut one = Form {
            action: attribute(&hit[1], "action").unwrap_or_default(),
            fields: Vec::new(),
            buttons: Vec::new(),
        };
        for tag in tag.captures_iter(&hit[2]) {
            let name = attribute(&tag[2], "name").unwrap_or_default();
            let value = attribute(&tag[2], "value").unwrap_or_default();
            match (&tag[1], attribute(&tag[2], "type").as_deref()) {
                ("button", _) => one.buttons.push((name, value)),
                ("input", Some("text")) | ("textarea", _) => one.fields.push((name, "filled in".to_owned())),
                ("input", _) => one.fields.push((name, value)),
                _ => {}
            }
        }
        one
    });
    found.collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let quoted = Regex::new(&format!(r#"\b{name}="([^"]*)""#)).unwrap();
    quoted.captures(tag).map(|hit| hit[1].replace("&#x2f;", "/"))
}
