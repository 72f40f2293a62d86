//! config.toml as written, then as meant.
