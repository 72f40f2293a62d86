//! The OpenAPI description against what the daemon says. `tests/judges/api` asks many more questions of it.

use serde_json::Value;

use super::house::{House, batch};

fn description() -> Value {
    serde_json::from_str(include_str!("../../../src/http/openapi.json")).unwrap()
}

/// The value is what the description says of this schema, and nothing that it does not say.
pub(crate) fn conforms(name: &str, value: &Value) {
    let all = description();
    let schema = &all["components"]["schemas"][name];
    assert!(schema.is_object(), "there is no schema {name}");
    let mut wrong = Vec::new();
    compare(&all, schema, value, name, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
}

fn compare(all: &Value, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = all
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference}"));
        return compare(all, target, value, place, wrong);
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let fit = options.iter().filter(|option| {
            let mut tried = Vec::new();
            compare(all, option, value, place, &mut tried);
            tried.is_empty()
        });
        if fit.count() != 1 {
            wrong.push(format!("{place}: not one of oneOf"));
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.is_empty() && !kinds.contains(&kind) {
        wrong.push(format!("{place}: {kind}, not {kinds:?}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        wrong.push(format!("{place}: {value} is not in its list"));
    }
    if schema["format"] == "date-time"
        && value
            .as_str()
            .is_none_or(|text| chrono::DateTime::parse_from_rfc3339(text).is_err())
    {
        wrong.push(format!("{place}: {value} is no instant"));
    }
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(required).is_none() {
            wrong.push(format!("{place}: {required} is missing"));
        }
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => compare(all, schema, field, &format!("{place}/{name}"), wrong),
            None => wrong.push(format!("{place}: {name} is not described")),
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        compare(all, &schema["items"], item, &format!("{place}/{index}"), wrong);
    }
}

#[tokio::test]
async fn api_serves_its_description_to_everybody() {
    let house = House::open().await;
    let heard = house.ask("GET", "/v1/openapi.json", &[], "").await;
    assert_eq!((heard.status, heard.json()), (200, description()));
    conforms("NewBatch", &batch());
    house.close().await;
}

#[test]
fn api_describes_every_code_of_a_problem() {
    let all = description();
    let listed: Vec<&str> = all["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let sources = [
        include_str!("../../../src/http/api.rs"),
        include_str!("../../../src/http/api/change.rs"),
        include_str!("../../../src/http/api/feed.rs"),
        include_str!("../../../src/daemon/api.rs"),
        include_str!("../../../src/daemon/api/change.rs"),
        include_str!("../../../src/daemon/api/person.rs"),
    ];
    let made = regex::Regex::new(r#"Problem::new\(\s*(?:\d+|status),\s*"(\w+)""#).unwrap();
    let mut used: Vec<String> = sources
        .iter()
        .flat_map(|source| made.captures_iter(source).map(|hit| hit[1].to_owned()))
        .chain(["not_json".to_owned()])
        .collect();
    used.sort();
    used.dedup();
    assert_eq!(used, listed);
}
