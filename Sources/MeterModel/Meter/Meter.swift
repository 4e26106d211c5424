// The meter.
