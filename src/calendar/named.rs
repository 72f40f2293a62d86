//! Zones by the names that programs give them: IANA's, also old ones; those of Windows, Exchange and Outlook; and what Windows shows.
//! MS-OXOCAL 2.2.1.42

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Zone;

/// Zones under names in lower case.
type Names = HashMap<String, &'static str>;

fn table(text: &'static str) -> Names {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.map(|(name, zone)| (name.to_ascii_lowercase(), zone)).collect()
}

static WINDOWS: LazyLock<Names> = LazyLock::new(|| table(include_str!("windows-zones.txt")));
static SHOWN: LazyLock<Names> = LazyLock::new(|| table(include_str!("windows-shown.txt")));
static OLD: LazyLock<Names> = LazyLock::new(|| table(include_str!("old-zones.txt")));

/// The longest name looked up.
const LONGEST: usize = 200;

/// The zone of a TZID, whatever its case. `None` for names that say nothing by themselves, such as `Customized Time Zone`.
pub(super) fn zone(name: &str) -> Option<Zone> {
    let name = name.trim().trim_matches('"');
    if name.len() > LONGEST {
        return None;
    }
    iana(name).or_else(|| {
        let lower = name.to_ascii_lowercase();
        let named = WINDOWS.get(&lower).or_else(|| SHOWN.get(behind_offset(&lower)));
        named.and_then(|zone| zone.parse().ok())
    })
}

/// What a zone that has been renamed is called today.
pub(super) fn renamed(name: &str) -> Option<&'static str> {
    OLD.get(&name.to_ascii_lowercase()).copied()
}

/// Also behind a maker's prefix: `/example.org/20260101_1/Europe/Berlin` (RFC 5545 3.2.19, globally unique names).
fn iana(name: &str) -> Option<Zone> {
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    let mut rest = name.strip_prefix('/')?;
    while let Some((_, behind)) = rest.split_once('/') {
        if behind.contains('/')
            && let Ok(zone) = behind.parse()
        {
            return Some(zone);
        }
        rest = behind;
    }
    None
}

/// `(utc-05:00) eastern time (us & canada)` without its offset, which a summer would make wrong.
fn behind_offset(name: &str) -> &str {
    let offset = |inner: &str| inner.starts_with("utc") || inner.starts_with("gmt");
    match name.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        Some((inner, rest)) if offset(inner) => rest.trim_start(),
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split_once('=').unwrap())
    }

    #[test]
    fn every_name_leads_to_a_zone() {
        let mut count = 0;
        for (windows, iana) in rows(include_str!("windows-zones.txt")) {
            assert_eq!(zone(windows), Some(iana.parse().unwrap()), "{windows}");
            count += 1;
        }
        assert!(count >= 139, "{count}");
        for (shown, iana) in rows(include_str!("windows-shown.txt")) {
            assert_eq!(zone(&format!("(UTC+99:00) {shown}")), Some(iana.parse().unwrap()), "{shown}");
        }
        assert_eq!(zone("gmt standard time"), Some("Europe/London".parse().unwrap()));
        assert_eq!(zone("Customized Time Zone"), None);
    }

    #[test]
    fn every_old_name_leads_to_one_that_is_not_old() {
        for (old, new) in rows(include_str!("old-zones.txt")) {
            assert_eq!(renamed(new), None, "{old} leads to {new}");
            let zone: Zone = old.parse().unwrap();
            assert_eq!(zone.name(), new);
        }
    }

    #[test]
    fn makers_prefixes_are_passed_over() {
        let berlin = Some("Europe/Berlin".parse().unwrap());
        for name in [
            "/freeassociation.sourceforge.net/Europe/Berlin",
            "/citadel.org/20260101_1/Europe/Berlin",
            " europe/berlin ",
        ] {
            assert_eq!(zone(name), berlin, "{name}");
        }
        let buenos_aires = zone("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires").unwrap();
        assert_eq!(buenos_aires.name(), "America/Argentina/Buenos_Aires");
        for none in [
            "/nowhere.example/Mars/Olympus",
            "/",
            "//",
            "Atlantis Standard Time",
            "(UTC+01:00) Atlantis",
            "(",
            &"/".repeat(100_000),
        ] {
            assert_eq!(zone(none), None);
        }
    }
}
