"""The seal of a batch and who took its file; how far a file of the bank's was applied."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="seal",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(model_name="batch", name="taken", field=models.IntegerField(default=0)),
        migrations.AddField(
            model_name="batch",
            name="taken_by",
            field=models.CharField(blank=True, default="", max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="batch", name="taken_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="bankfile", name="lines", field=models.IntegerField(default=0)
        ),
        migrations.AddField(
            model_name="bankfile", name="looked", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="bankfile", name="looked_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="bankfile", name="done", field=models.IntegerField(default=0)
        ),
        migrations.AddField(
            model_name="bankfile", name="begun_at", field=models.DateTimeField(null=True)
        ),
    ]
