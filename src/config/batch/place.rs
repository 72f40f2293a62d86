//! Where in a batch file a field stands.

/// The line of a field such as `candidates[1].email`: exact in TOML, in JSON the line that holds the value.
pub(super) fn line_of(text: &str, json: bool, field: &str, value: &str) -> Option<usize> {
    let offset = if json {
        let quoted = serde_json::to_string(value).ok()?;
        text.find(&quoted).filter(|_| !value.is_empty())?
    } else {
        toml_offset(text, field)?
    };
    Some(1 + text.get(..offset)?.matches('\n').count())
}

/// Where a field's value begins, or the nearest table that holds it.
fn toml_offset(text: &str, field: &str) -> Option<usize> {
    use toml::de::{DeTable, DeValue};
    let table = DeTable::parse(text).ok()?;
    let mut offset = None;
    let mut here: &DeTable<'_> = table.get_ref();
    for part in field.split('.') {
        let (key, index) = match part.split_once('[') {
            Some((key, rest)) => (key, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (part, None),
        };
        let Some((found, mut value)) = here.get_key_value(key) else {
            return offset;
        };
        offset = Some(if index.is_some() { value.span().start } else { found.span().start });
        if let (Some(index), DeValue::Array(items)) = (index, value.get_ref()) {
            value = items.get(index)?;
            offset = Some(value.span().start);
        }
        match value.get_ref() {
            DeValue::Table(inner) => here = inner,
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                return offset;
            }
        }
    }
    offset
}
