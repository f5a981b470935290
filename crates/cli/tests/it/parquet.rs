//! `syndic audit export --format parquet`, read again.

use crate::audit::refunds;
use crate::syndic::Place;

#[cfg(not(feature = "parquet"))]
#[test]
fn without_parquet_an_export_says_how_to_have_it_and_leaves_no_file() {
    let place = Place::governed();
    let serving = place.serve();
    refunds(&place, &serving);
    let file = place.path("events.parquet");
    let export = ["audit", "export", "--format", "parquet", "--out", file.to_str().unwrap()];
    let refused = place.run(&[&export[..], &["--key-file", "../admin.key"]].concat());
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("build it with `--features parquet`"), "{}", refused.stderr);
    assert!(!file.exists() && !place.path("events.parquet.partial").exists());
}

#[cfg(feature = "parquet")]
#[test]
fn what_is_exported_is_read_again_with_its_types() {
    use parquet::basic::{LogicalType, Type};
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::RowAccessor as _;

    let place = Place::governed();
    let serving = place.serve();
    refunds(&place, &serving);
    let lines = place.run(&["audit", "export", "--key-file", "../admin.key"]).stdout;
    let events: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let file = place.path("events.parquet");
    let export = ["audit", "export", "--format", "parquet", "--out", file.to_str().unwrap()];
    let told = place.run(&[&export[..], &["--key-file", "../admin.key"]].concat());
    assert!(told.stderr.contains("3 events in "), "{}", told.stderr);

    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let time = schema.column(1);
    assert_eq!((time.name(), time.physical_type()), ("timestamp", Type::INT64));
    let utc = matches!(
        time.logical_type_ref(),
        Some(LogicalType::Timestamp(stamp)) if stamp.is_adjusted_to_u_t_c
    );
    assert!(utc, "{:?}", time.logical_type_ref());
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), events.len());
    for (row, event) in rows.iter().zip(&events) {
        assert_eq!(row.len(), 17);
        let at: jiff::Timestamp = event["timestamp"].as_str().unwrap().parse().unwrap();
        assert_eq!(row.get_string(0).unwrap(), event["event_id"].as_str().unwrap());
        assert_eq!(row.get_timestamp_micros(1).unwrap(), at.as_microsecond());
        assert_eq!(row.get_string(5).unwrap(), "ada");
        let args: serde_json::Value = serde_json::from_str(row.get_string(8).unwrap()).unwrap();
        assert_eq!(args, event["tool_args"]);
        assert_eq!(row.get_bool(11).unwrap(), event["allowed"].as_bool().unwrap());
        assert!(row.get_long(12).is_err(), "no tool ran");
    }
}
