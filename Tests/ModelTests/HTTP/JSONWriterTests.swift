// JSON as the writer puts it, byte for byte.

import MeterModel
import Testing

@Suite struct `A JSON writer` {
  @Test func `puts commas between members and between elements`() {
    var json = JSONWriter()
    json.beginObject()
    json.member("a", 1)
    json.name("b")
    json.beginArray()
    json.write(2)
    json.write(true)
    json.beginObject()
    json.endObject()
    json.endArray()
    json.member("c", decimal: "1.50")
    json.endObject()
    #expect(json.text == #"{"a":1,"b":[2,true,{}],"c":1.50}"#)
  }

  @Test func `writes null for what is not known`() {
    var json = JSONWriter()
    json.beginArray()
    json.write(nil as UInt64?)
    json.write(nil as String?)
    json.write(UInt64.max)
    json.endArray()
    #expect(json.text == "[null,null,18446744073709551615]")
  }

  @Test func `escapes names and strings from outside`() {
    var json = JSONWriter()
    json.beginObject()
    json.name(HTTP.bytes("a\"").span)
    json.write("b\\\n")
    json.endObject()
    #expect(json.text == #"{"a\"":"b\\\u000a"}"#)
  }

  @Test func `goes on with an object of which a piece was sent`() {
    var json = JSONWriter(continuing: true)
    json.member("b", false)
    json.endObject()
    #expect(json.text == #","b":false}"#)
  }
}
