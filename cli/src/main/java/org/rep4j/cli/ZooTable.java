package org.rep4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rep4j.zoo.Form;
import org.rep4j.zoo.NetCosts;
import org.rep4j.zoo.PublishedNet;
import org.rep4j.zoo.Zoo;

/** The catalogue of nets, for people and for programs. */
final class ZooTable {
    private ZooTable() {}

    /** A table, and below it the sources of the accuracies. */
    static String text() {
        TextTable table = TextTable.ofNumbers("Net", "Train form", "Deploy form", "Multiply-adds", "Top-1 %", "Image");
        Map<String, String> sources = new LinkedHashMap<>();
        for (Zoo.Entry entry : Zoo.all()) {
            PublishedNet net = entry.net();
            NetCosts deploy = net.costs(Form.DEPLOY);
            table.row(
                    entry.name(),
                    Numbers.count(net.costs(Form.TRAIN).parameters()),
                    Numbers.count(deploy.parameters()),
                    Numbers.count(deploy.multiplyAdds()),
                    entry.top1().isPresent() ? Double.toString(entry.top1().getAsDouble()) : "",
                    entry.size() + "x" + entry.size());
            sources.putIfAbsent(entry.source(), entry.name());
        }
        StringBuilder text = new StringBuilder(table.toString());
        text.append(
                "\nTrain form, deploy form: learned parameters. Multiply-adds: of the deploy form, for one image.\n");
        sources.forEach((source, first) -> text.append("Top-1 from ")
                .append(first)
                .append(" on: ")
                .append(source)
                .append('\n'));
        return text.toString();
    }

    /** An array of objects. */
    static String json() {
        ArrayNode nets = new ObjectMapper().createArrayNode();
        for (Zoo.Entry entry : Zoo.all()) {
            PublishedNet net = entry.net();
            NetCosts train = net.costs(Form.TRAIN);
            NetCosts deploy = net.costs(Form.DEPLOY);
            ObjectNode row = nets.addObject();
            row.put("name", entry.name());
            row.put("trainParameters", train.parameters());
            row.put("deployParameters", deploy.parameters());
            row.put("batchNormStatistics", train.statistics());
            row.put("trainMultiplyAdds", train.multiplyAdds());
            row.put("deployMultiplyAdds", deploy.multiplyAdds());
            row.put("imageSize", entry.size());
            entry.top1().ifPresent(top1 -> row.put("top1", top1));
            row.put("source", entry.source());
        }
        return nets.toPrettyString() + "\n";
    }
}
