//! Cities and countries by themselves: in which zone somebody is who lives there.
//!
//! The names are those of the words table of zones. Abbreviations are none, nor names that several places have.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::calendar::Zone;
use crate::reply::fold;

/// Zones by folded name; `None` for a name of several.
static PLACES: LazyLock<HashMap<String, Option<Zone>>> = LazyLock::new(|| {
    let mut places: HashMap<String, Option<Zone>> = HashMap::new();
    let mut short = "";
    let lines = || include_str!("words/zones.txt").lines().filter(|line| !line.starts_with('#'));
    for (key, list) in lines().filter_map(|line| line.split_once(": ")) {
        if key == "@place" {
            short = list;
        }
        let Ok(zone) = key.trim_end_matches('?').parse::<Zone>() else {
            continue;
        };
        for name in list.split('|') {
            let (name, twins) = name.split_once('=').unwrap_or((name, ""));
            let only = twins.trim().is_empty().then_some(zone);
            places.entry(fold(name.trim()).into_owned()).or_insert(only);
        }
    }
    let short: Vec<String> = short.split('|').map(|name| fold(name.trim()).into_owned()).collect();
    places.retain(|name, _| name.len() > 4 || short.contains(name));
    places
});

/// The zone of a city or country that is called just this.
#[must_use]
pub fn zone_of_place(name: &str) -> Option<Zone> {
    *PLACES.get(&*fold(name.trim()))?
}
