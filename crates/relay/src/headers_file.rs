//! A file of headers for one receiver: a `Name: value` each line. What stands there may be a secret and is not repeated.

use std::path::Path;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

const MOST_BYTES: u64 = 16 * 1024;

/// Reads the file; asked for every batch, so that a secret can be changed while syndic runs.
pub(crate) async fn read(path: &Path) -> Result<HeaderMap, String> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read_now(&path)).await;
    let read = read.unwrap_or_else(|_| Err("reading it was interrupted".to_owned()));
    read.map_err(|why| format!("its `headers_file`: {why}"))
}

fn read_now(path: &Path) -> Result<HeaderMap, String> {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text);
    read.map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST_BYTES {
        return Err(format!("it has more than {MOST_BYTES} bytes"));
    }
    headers(&text)
}

fn headers(text: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let header = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value.trim()).ok()?))
        });
        let wrong = || format!("line {number} is not `Name: value`");
        let (name, mut value) = header.ok_or_else(wrong)?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::headers;

    #[test]
    fn headers_stand_one_a_line() {
        let read = headers("# of the collector\n\nAuthorization: Bearer a:b\r\nx-team:\tpay\n");
        let read = read.unwrap();
        assert_eq!(read["authorization"], "Bearer a:b");
        assert!(read["authorization"].is_sensitive());
        assert_eq!(read["x-team"], "pay");
        let wrong = headers("x-team: pay\nBearer secret").unwrap_err();
        assert_eq!(wrong, "line 2 is not `Name: value`");
        assert!(headers("bad name: a").is_err() && headers("a: b\u{7f}").is_err());
    }
}
