package org.rep4j.cli;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. ND4J's native library is looked for, but not started. */
final class Versions implements IVersionProvider {
    private static final String BINDINGS = "/org/nd4j/linalg/cpu/nativecpu/bindings/";

    /** Builds of the native library, in the order in which ND4J prefers them. */
    private static final List<String> BUILDS =
            List.of("-onednn", "-onednn-avx512", "-onednn-avx2", "-avx512", "-avx2", "");

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {
            "rep4j " + property("/org/rep4j/cli/version.properties", "version"),
            "Java " + Runtime.version(),
            "ONNX Runtime "
                    + Optional.ofNullable(OrtEnvironment.class.getPackage().getImplementationVersion())
                            .orElse("of unknown version"),
            "ND4J " + property("/META-INF/maven/org.nd4j/nd4j-api/pom.properties", "version") + ", native build "
                    + nativeBuild().orElse("missing for " + platform() + ": .fb and .zip files cannot be run")
        };
    }

    /** The build of ND4J's native library that will be loaded, such as {@code linux-x86_64-onednn}. */
    static Optional<String> nativeBuild() {
        return BUILDS.stream()
                .map(build -> platform() + build)
                .filter(build ->
                        Versions.class.getResource(BINDINGS + build + "/" + System.mapLibraryName("nd4jcpu")) != null)
                .findFirst();
    }

    /** The platform as ND4J calls it. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : os)
                + "-"
                + switch (arch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "arm64";
                    default -> arch;
                };
    }

    private static String property(String resource, String key) throws IOException {
        try (InputStream stream = Versions.class.getResourceAsStream(resource)) {
            if (stream == null) {
                return "of unknown version";
            }
            Properties properties = new Properties();
            properties.load(stream);
            return properties.getProperty(key, "of unknown version");
        }
    }
}
