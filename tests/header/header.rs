//! Checks that the committed header is the one that cbindgen generates from src/ffi.

use std::path::Path;

#[test]
fn the_header_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_crate(&root)
        .generate()
        .expect("bindings");
    let mut generated = Vec::new();
    bindings.write(&mut generated);
    let generated = String::from_utf8(generated).expect("UTF-8");

    let path = root.join("include/scwkms.h");
    if std::env::var_os("SCWKMS_WRITE_HEADER").is_some() {
        std::fs::write(&path, generated).expect("include/scwkms.h");
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "include/scwkms.h is out of date; `make header` generates it"
    );
}

/// A constant of the crate that is public for other Rust modules must not be in the header.
#[test]
fn all_macros_have_the_prefix() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include/scwkms.h");
    let header = std::fs::read_to_string(path).expect("include/scwkms.h");
    let macros: Vec<&str> = header
        .lines()
        .filter_map(|line| line.strip_prefix("#define "))
        .collect();
    assert!(macros.len() > 40, "only {} macros", macros.len());
    for name in macros {
        assert!(name.starts_with("SCWKMS_"), "#define {name}");
    }
}
