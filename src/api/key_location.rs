//! The URL paths of a key and of a region's keys and algorithms.

/// The region and id of a key. Both were checked when they were parsed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyLocation {
    pub(crate) region: String,
    pub(crate) id: String,
}

impl KeyLocation {
    /// The URL path of an operation on the key; `operation` is empty or begins with a slash.
    pub(super) fn url_path(&self, operation: &str) -> String {
        format!("{}/{}{operation}", keys_url_path(&self.region), self.id)
    }
}

/// The URL path of a region's keys.
pub(super) fn keys_url_path(region: &str) -> String {
    format!("{}/keys", region_url_path(region))
}

/// The URL path of a region's algorithms.
pub(super) fn algorithms_url_path(region: &str) -> String {
    format!("{}/algorithms", region_url_path(region))
}

fn region_url_path(region: &str) -> String {
    format!("/key-manager/v1alpha1/regions/{region}")
}
