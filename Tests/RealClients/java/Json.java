import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** Just enough JSON to answer with. */
final class Json {
    private Json() {}

    static String text(Object value) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            return String.valueOf(value);
        }
        if (value instanceof Optional<?> optional) {
            return text(optional.orElse(null));
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner joiner = new StringJoiner(",", "{", "}");
            map.forEach((key, element) -> joiner.add(quoted(String.valueOf(key)) + ":" + text(element)));
            return joiner.toString();
        }
        if (value instanceof Collection<?> collection) {
            StringJoiner joiner = new StringJoiner(",", "[", "]");
            collection.forEach(element -> joiner.add(text(element)));
            return joiner.toString();
        }
        return quoted(String.valueOf(value));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\') {
                out.append('\\').append(character);
            } else if (character < ' ' || character > '~') {
                out.append(String.format("\\u%04x", (int) character));
            } else {
                out.append(character);
            }
        }
        return out.append('"').toString();
    }
}
