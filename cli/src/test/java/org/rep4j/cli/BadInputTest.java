package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One line on standard error, exit code 2, no output, an existing output untouched. */
class BadInputTest {

    @TempDir
    private Path folder;

    private Path output = Path.of("");

    @BeforeEach
    void writeAnOldOutput() throws IOException {
        output = Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("out.onnx"), "old");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb", "zip"})
    void missingFile(String ending) throws IOException {
        Path model = folder.resolve("missing." + ending);

        assertRefused(model, "missing." + ending + ": no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb", "zip"})
    void emptyFile(String ending) throws IOException {
        Path model = Files.createFile(folder.resolve("empty." + ending));

        assertRefused(model, "empty." + ending);
    }

    @ParameterizedTest
    @CsvSource({"onnx, 1", "onnx, 2", "onnx, 3", "fb, 1", "fb, 2", "fb, 3", "zip, 1"})
    void randomBytes(String ending, long seed) throws IOException {
        byte[] bytes = new byte[3000];
        new Random(seed).nextBytes(bytes);

        assertRefused(Files.write(folder.resolve("random." + ending), bytes), "random." + ending);
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb", "zip"})
    void textFile(String ending) throws IOException {
        assertRefused(Files.writeString(folder.resolve("text." + ending), "Dear reader,\n"), "text." + ending);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9, 0.999})
    void truncatedFile(double kept) throws IOException {
        byte[] whole = Files.readAllBytes(EXAMPLE);
        Path model = Files.write(folder.resolve("truncated.onnx"), Arrays.copyOf(whole, (int) (whole.length * kept)));

        assertRefused(model, "truncated.onnx");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5, 0.9, 0.999})
    void truncatedSameDiffFile(double kept) throws IOException {
        byte[] whole = Files.readAllBytes(SameDiffModels.residualBlock(folder.resolve("whole.fb")));
        Path model = Files.write(folder.resolve("truncated.fb"), Arrays.copyOf(whole, (int) (whole.length * kept)));

        assertRefused(model, "truncated.fb");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.5, 0.999})
    void truncatedNet(double kept) throws IOException {
        byte[] whole = Files.readAllBytes(NetModels.save(NetModels.fresh(), folder.resolve("whole.zip")));
        Path model = Files.write(folder.resolve("truncated.zip"), Arrays.copyOf(whole, (int) (whole.length * kept)));

        assertRefused(model, "truncated.zip is not a zip file, or a damaged one");
    }

    @Test
    void fileOfAnotherKind() throws IOException {
        assertRefused(
                Files.writeString(folder.resolve("model.pt"), ""),
                "model.pt is no model: its name must end in .onnx, .fb or .zip");
    }

    @Test
    void emptyFolder() throws IOException {
        assertRefused(Files.createDirectory(folder.resolve("none")), "holds no .onnx, .fb or .zip files");
    }

    @Test
    void inspectAndVerifyRefuseTheSame() {
        Path missing = folder.resolve("missing.onnx");

        for (List<Object> arguments : List.of(
                List.<Object>of("inspect", missing),
                List.<Object>of("verify", missing, EXAMPLE),
                List.<Object>of("verify", EXAMPLE, missing),
                List.<Object>of("inspect", folder))) {
            CommandLineRun run = rep4j(arguments.toArray());
            assertThat(run.exitCode()).as("%s", arguments).isEqualTo(2);
            assertThat(run.errorLines()).as("%s", arguments).isEqualTo(1);
            assertThat(run.out()).as("%s", arguments).isEmpty();
        }
    }

    static Stream<List<String>> wrongUsage() {
        return Stream.of(
                List.of(),
                List.of("melt"),
                List.of("deploy"),
                List.of("deploy", EXAMPLE.toString()),
                List.of("deploy", EXAMPLE.toString(), "-o"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--colour"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--tolerance", "small"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--tolerance", "-1"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--tolerance", "NaN"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--input", "input"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--input", "input=1x3xhuge"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--input", "input=0x3x64x64"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.pt"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.fb", "--to", "onnx"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--to", "pt"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--opset", "13"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--importer", "rep4j"),
                List.of("deploy", EXAMPLE.toString(), "-o", "x.onnx", "--output-names", "output"),
                List.of("convert"),
                List.of("convert", EXAMPLE.toString()),
                List.of("convert", EXAMPLE.toString(), "-o", "x.onnx"),
                List.of("convert", EXAMPLE.toString(), "-o", "x.onnx", "--opset", "13"),
                List.of("convert", EXAMPLE.toString(), "-o", "x.pt"),
                List.of("convert", EXAMPLE.toString(), "-o", "x.fb", "--opset", "13"),
                List.of("convert", EXAMPLE.toString(), "-o", "x.fb", "--importer", "other"),
                List.of("convert", EXAMPLE.toString(), EXAMPLE.toString(), "-o", "x"),
                List.of("inspect"),
                List.of("verify", EXAMPLE.toString()),
                List.of("verify", EXAMPLE.toString(), EXAMPLE.toString(), EXAMPLE.toString()));
    }

    @ParameterizedTest
    @MethodSource
    void wrongUsage(List<String> arguments) {
        CommandLineRun run = rep4j(arguments.toArray());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("rep4j: ");
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(Path.of("x.onnx")).doesNotExist();
        assertThat(Path.of("x.fb")).doesNotExist();
        assertThat(Path.of("x")).doesNotExist();
    }

    @Test
    void choicesAreNamedAsTheyAreWritten() throws IOException {
        assertRefused(EXAMPLE, "'--to': 'pt' is not onnx, fb or zip (", "--to", "pt");
        assertRefused(EXAMPLE, "'--to': 'ONNX' is not onnx, fb or zip (", "--to", "ONNX");
        assertRefused(EXAMPLE, "'--importer': 'other' is not rep4j or samediff-import-onnx (", "--importer", "other");
    }

    @Test
    void inputsThatTheModelDoesNotHave() throws IOException {
        assertRefused(EXAMPLE, "the model has no input picture", "--input", "picture=1x3x64x64");
        assertRefused(EXAMPLE, "cannot have the shape [1,3,65,64]", "--input", "input=1x3x65x64");
    }

    @Test
    void outputFolderThatDoesNotExist() {
        CommandLineRun run = rep4j("deploy", EXAMPLE, "-o", folder.resolve("nowhere/deploy.onnx"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("there is no folder").contains("nowhere");
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void outputFolderThatIsAFile() throws IOException {
        CommandLineRun run = rep4j("deploy", EXAMPLE, fixture("conv_bn"), "-o", output);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("is a file");
        assertThat(output).hasContent("old");
    }

    @Test
    void outputThatIsTheModel() throws IOException {
        Path model = Files.copy(EXAMPLE, folder.resolve("model.onnx"));
        byte[] bytes = Files.readAllBytes(model);
        Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), model);

        for (Path same : List.of(model, folder.resolve("out/../model.onnx"), link)) {
            CommandLineRun run = rep4j("deploy", model, "-o", same);
            assertThat(run.exitCode()).as("%s", same).isEqualTo(2);
            assertThat(run.err()).as("%s", same).contains("would overwrite the model");
        }
        assertThat(rep4j("deploy", folder, "-o", folder).exitCode()).isEqualTo(2);
        assertThat(model).hasBinaryContent(bytes);
    }

    @Test
    void outputsOfTheSameName() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Path twin = Files.copy(EXAMPLE, other.resolve(EXAMPLE.getFileName()));

        CommandLineRun run = rep4j("deploy", EXAMPLE, twin, "-o", folder.resolve("out"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("would overwrite the output of");
        assertThat(filesIn(folder.resolve("out"))).containsExactly("out.onnx");
    }

    @Test
    void reportThatWouldOverwriteSomething() throws IOException {
        Path target = folder.resolve("deploy.onnx");

        assertRefused(EXAMPLE, "would overwrite the model", "--report", EXAMPLE.toString());
        assertRefused(EXAMPLE, "would overwrite the output", "--report", output.toString());
        assertRefused(
                EXAMPLE,
                "the report",
                "--report",
                folder.resolve("nowhere/report.json").toString());
        assertRefused(EXAMPLE, "the report", "--report", folder.toString());
        assertRefused(
                EXAMPLE,
                "report.xml must end in .json or .html",
                "--report",
                folder.resolve("report.xml").toString());
        assertThat(target).doesNotExist();
    }

    /** Deploys to {@link #output} and checks that this fails as it should. */
    private void assertRefused(Path model, String message, String... options) throws IOException {
        Path target = Files.isDirectory(model) ? folder.resolve("out") : output;
        Optional<Format> format = Format.of(model).filter(f -> f != Format.ONNX);
        if (format.isPresent()) {
            target = Files.move(
                    output, output.resolveSibling("out" + format.get().ending()));
        }
        CommandLineRun run = rep4j(Stream.concat(Stream.of("deploy", model, "-o", target), Arrays.stream(options))
                .toArray());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("rep4j: ").contains(message);
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        Path old = Files.isDirectory(target) ? output : target;
        assertThat(old).hasContent("old");
        assertThat(filesIn(folder.resolve("out")))
                .containsExactly(old.getFileName().toString());
    }
}
