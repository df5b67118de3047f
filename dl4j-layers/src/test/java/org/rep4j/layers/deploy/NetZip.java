package org.rep4j.layers.deploy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The entries of a net's file, to be changed. */
final class NetZip {
    final Map<String, byte[]> entries = new LinkedHashMap<>();

    static NetZip read(Path file) throws IOException {
        NetZip zip = new NetZip();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                zip.entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return zip;
    }

    String configuration() {
        return new String(entries.getOrDefault(NetArchive.CONFIGURATION, new byte[0]), StandardCharsets.UTF_8);
    }

    NetZip with(String name, byte[] content) {
        NetZip changed = new NetZip();
        changed.entries.putAll(entries);
        changed.entries.put(name, content);
        return changed;
    }

    NetZip without(String name) {
        NetZip changed = new NetZip();
        changed.entries.putAll(entries);
        changed.entries.remove(name);
        return changed;
    }

    NetZip withConfiguration(String json) {
        return with(NetArchive.CONFIGURATION, json.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    /** Parameters with these headers, and so many zeros behind them. */
    static byte[] parameters(long[] shape, String mode, long length, String type, int bytes) throws IOException {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(result);
        out.writeUTF("LONG_SHAPE");
        out.writeLong(shape.length);
        out.writeUTF("LONG");
        for (long number : shape) {
            out.writeLong(number);
        }
        out.writeUTF(mode);
        out.writeLong(length);
        out.writeUTF(type);
        out.write(new byte[bytes]);
        return result.toByteArray();
    }
}
