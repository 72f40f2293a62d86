//! Zones by the names that Windows, Exchange and Outlook give them.   MS-OXOCAL 2.2.1.42

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Zone;

/// The zone of a name such as `W. Europe Standard Time`, whatever its case.
pub(super) fn zone(name: &str) -> Option<Zone> {
    static NAMES: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
        let lines = include_str!("windows-zones.txt").lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        pairs.map(|(windows, iana)| (windows.to_ascii_lowercase(), iana)).collect()
    });
    NAMES.get(&name.trim().to_ascii_lowercase())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_a_zone() {
        let lines = include_str!("windows-zones.txt").lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for line in lines {
            let (windows, iana) = line.split_once('=').unwrap();
            assert_eq!(zone(windows), Some(iana.parse().unwrap()), "{line}");
            count += 1;
        }
        assert!(count >= 139, "{count}");
        assert_eq!(zone("gmt standard time"), Some("Europe/London".parse().unwrap()));
        assert_eq!(zone("Customized Time Zone"), None);
    }
}
