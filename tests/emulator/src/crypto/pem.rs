//! PEM encoding of DER.

use pem::{EncodeConfig, LineEnding, Pem};

pub fn encode(label: &str, der: &[u8]) -> String {
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new(label, der), config)
}
